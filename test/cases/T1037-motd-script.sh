#!/bin/sh
# case: T1037-motd-script
# technique: Script for the message of the day dropped
# source: elastic/detection-rules Message-of-the-Day file creation
# needs: chmod
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chmod
D=/etc/update-motd.d; N=; [ -d $D ] || { N=1; mkdir -p $D || exit 77; }; printf '#!/bin/sh\ntrue\n' > $D/99-ho; chmod 755 $D/99-ho; rm -f $D/99-ho; [ -n "$N" ] && rmdir $D; true
exit 0
