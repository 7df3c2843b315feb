#!/bin/sh
# case: T1003.008-shadow-by-awk-and-cp
# technique: /etc/shadow and /etc/passwd merged as unshadow does
# source: redcanaryco/atomic-red-team T1003.008-3 Access /etc/{shadow,passwd,master.passwd} with shell builtins; John unshadow
# needs: sh
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -e /etc/shadow ] || exit 77; awk -F: '{print $1":"$2}' /etc/shadow >/dev/null 2>&1; while IFS= read -r l; do :; done < /etc/shadow; dd if=/etc/shadow of=/dev/null 2>/dev/null; true
exit 0
