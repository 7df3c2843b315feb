#!/bin/sh
# case: T1543-init-script
# technique: init script written
# source: redcanaryco/atomic-red-team T1543.002-3 (init.d)
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/init.d; N=; [ -d $D ] || { N=1; mkdir $D 2>/dev/null || exit 77; }
trap 'rm -f /etc/init.d/ho; [ -n "$N" ] && rmdir /etc/init.d; true' EXIT
printf '#!/bin/sh\nexit 0\n' > $D/ho; chmod 755 $D/ho
exit 0
