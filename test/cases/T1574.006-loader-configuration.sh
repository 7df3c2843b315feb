#!/bin/sh
# case: T1574.006-loader-configuration
# technique: A directory of its own for the loader
# source: MITRE ATT&CK T1574.006; elastic/detection-rules dynamic linker configuration
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/ld.so.conf.d; M=; [ -d $D ] || { M=1; mkdir $D 2>/dev/null || exit 77; }
trap 'rm -f /etc/ld.so.conf.d/00-ho.conf; [ -n "$M" ] && rmdir /etc/ld.so.conf.d; true' EXIT
echo /tmp/ho-libraries > $D/00-ho.conf
exit 0
