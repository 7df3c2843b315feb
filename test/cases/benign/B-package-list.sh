#!/bin/sh
# case: B-package-list
# technique: Which packages are there
# source: operations practice
# needs: cat
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
(dpkg -l; dpkg-query -W; apt list --installed) >/dev/null 2>&1; cat /etc/os-release /etc/debian_version >/dev/null 2>&1; true
exit 0
