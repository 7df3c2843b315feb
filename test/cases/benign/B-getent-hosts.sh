#!/bin/sh
# case: B-getent-hosts
# technique: Deployment checks that its own names resolve
# source: operations practice
# needs: cat hostname
# expect: net recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat hostname
hostname >/dev/null; cat /etc/hosts /etc/resolv.conf >/dev/null; (getent hosts localhost || nslookup localhost) >/dev/null 2>&1; true
exit 0
