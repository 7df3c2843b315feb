#!/bin/sh
# case: T1036.003-busybox-link-elsewhere
# technique: Shell of the multi-call program through a link in a hidden directory
# source: redcanaryco/atomic-red-team T1036.003
# needs: ln
# expect: exec evasion drift
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need ln
mkdir "$W/.cache"; ln -s "$(readlink -f /bin/busybox)" "$W/.cache/sh"; "$W/.cache/sh" -c 'id >/dev/null; hostname >/dev/null' 
exit 0
