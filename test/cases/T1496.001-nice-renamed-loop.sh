#!/bin/sh
# case: T1496.001-nice-renamed-loop
# technique: Resource hijacking: niced shell loop under another name
# source: Sysrv; kdevtmpfsi
# needs: timeout nice
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need timeout nice
S=${HO_SECS:-6}; cp "$(readlink -f /bin/sh)" "$W/sh"; nice -n 19 timeout "$S" "$W/sh" -c 'while :; do :; done'; true
exit 0
