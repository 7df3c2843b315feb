#!/bin/sh
# case: T1543-supervisor-program
# technique: Program added to the supervisor
# source: Doki, Hildegard
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/supervisor/conf.d; mkdir -p $D || exit 77; printf '[program:ho]\ncommand=true\n' > $D/ho.conf; rm -f $D/ho.conf; rmdir $D /etc/supervisor 2>/dev/null; true
exit 0
