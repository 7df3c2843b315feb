#!/bin/sh
# case: T1546-inittab-respawn
# technique: Line added to the table of init
# source: persistence by /etc/inittab (busybox init)
# needs: sh
# expect: file persistence
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
F=/etc/inittab; if [ -e $F ]; then cp -p $F "$W/keep"; fi
echo '::respawn:/bin/true' >> $F 2>/dev/null || exit 77; if [ -e "$W/keep" ]; then cat "$W/keep" > $F; else rm -f $F; fi
exit 0
