#!/bin/sh
# case: T1505.003-cgi-bin
# technique: Script dropped into the directory of CGI programs
# source: madhuakula/kubernetes-goat; MITRE T1505.003
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
D=/usr/lib/cgi-bin; N=; [ -d $D ] || { N=1; mkdir -p $D || exit 77; }; printf '#!/bin/sh\necho\n' > $D/ho.sh; chmod 755 $D/ho.sh; rm -f $D/ho.sh; [ -n "$N" ] && rmdir $D 2>/dev/null; true
exit 0
