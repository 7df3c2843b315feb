#!/bin/sh
# case: T1556-name-service-switch
# technique: Order of name services changed
# source: MITRE T1556; elastic/detection-rules
# needs: cp
# expect: persistence file cred
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp
F=/etc/nsswitch.conf; [ -e $F ] || exit 77; cp -p $F "$W/n"; echo '# ho' >> $F; cp -p "$W/n" $F; true
exit 0
