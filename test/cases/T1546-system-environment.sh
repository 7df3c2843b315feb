#!/bin/sh
# case: T1546-system-environment
# technique: Environment of all logins changed
# source: MITRE T1546.004
# needs: cp
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp
F=/etc/environment; if [ -e $F ]; then cp -p $F "$W/e"; echo '# ho' >> $F; cp -p "$W/e" $F; else echo '# ho' > $F; rm -f $F; fi; true
exit 0
