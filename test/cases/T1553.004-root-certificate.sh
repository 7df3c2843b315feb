#!/bin/sh
# case: T1553.004-root-certificate
# technique: Trusted certificate added
# source: redcanaryco/atomic-red-team T1553.004-1 Install root CA on CentOS/RHEL (Debian form)
# needs: sh
# expect: evasion file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/usr/local/share/ca-certificates; M=; [ -d $D ] || M=1; mkdir -p $D 2>/dev/null || exit 77
trap 'rm -f /usr/local/share/ca-certificates/ho.crt; [ -n "$M" ] && rmdir /usr/local/share/ca-certificates 2>/dev/null; true' EXIT
printf -- '-----BEGIN CERTIFICATE-----\ndecoy\n-----END CERTIFICATE-----\n' > $D/ho.crt
exit 0
