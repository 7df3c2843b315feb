#!/bin/sh
# case: T1505-web-server-configuration
# technique: Configuration dropped for the web server
# source: MITRE T1505
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/nginx/conf.d; N=; [ -d $D ] || { N=1; mkdir -p $D || exit 77; }; echo '# ho' > $D/ho.conf; rm -f $D/ho.conf; [ -n "$N" ] && rmdir -p $D 2>/dev/null; true
exit 0
