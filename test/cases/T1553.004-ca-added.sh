#!/bin/sh
# case: T1553.004-ca-added
# technique: Certificate authority added
# source: redcanaryco/atomic-red-team T1553.004-2 Install root CA on Debian/Ubuntu
# needs: sh
# expect: file evasion persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -w /etc ] || exit 77; M=; [ -d /etc/ssl/certs ] || { mkdir -p /etc/ssl/certs && M=1; }; echo '# ho: no certificate' > /etc/ssl/certs/ho-ca.pem; rm -f /etc/ssl/certs/ho-ca.pem; [ -n "$M" ] && rmdir /etc/ssl/certs /etc/ssl 2>/dev/null; true
exit 0
