#!/bin/sh
# case: T1037.004-rc-local-and-init-d
# technique: Boot script changed
# source: redcanaryco/atomic-red-team T1037.004-2 rc.common; redcanaryco/atomic-red-team T1037.004-3 rc.local
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -w /etc ] || { echo "SKIP: /etc not writable"; exit 77; }; M=; [ -d /etc/init.d ] || { mkdir /etc/init.d && M=1; }
printf '#!/bin/sh\nexit 0\n' > /etc/init.d/S99ho; chmod 755 /etc/init.d/S99ho; rm -f /etc/init.d/S99ho; [ -n "$M" ] && rmdir /etc/init.d; true
exit 0
