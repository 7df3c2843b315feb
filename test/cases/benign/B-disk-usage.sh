#!/bin/sh
# case: B-disk-usage
# technique: Disk usage measured
# source: operations practice
# needs: sh
# expect: exec recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
df >/dev/null; du -s /tmp >/dev/null 2>&1; ls /var >/dev/null
exit 0
