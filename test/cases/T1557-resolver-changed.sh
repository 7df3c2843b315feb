#!/bin/sh
# case: T1557-resolver-changed
# technique: Names are asked of somebody else from now on
# source: MITRE ATT&CK T1557; MITRE ATT&CK T1584.002
# needs: cp
# expect: persistence file net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -w /etc/resolv.conf ] || exit 77; cp /etc/resolv.conf "$W/r"; trap 'cat "$W/r" > /etc/resolv.conf; rm -rf "$W"' EXIT
printf 'nameserver 127.66.6.6\n' > /etc/resolv.conf
exit 0
