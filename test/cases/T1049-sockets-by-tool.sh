#!/bin/sh
# case: T1049-sockets-by-tool
# technique: Connections and their programs listed
# source: linPEAS
# needs: ss|netstat
# expect: recon net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ss -tanp || netstat -tan) >/dev/null 2>&1; true
exit 0
