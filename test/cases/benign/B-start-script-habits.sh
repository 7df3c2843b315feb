#!/bin/sh
# case: B-start-script-habits
# technique: What a start script asks: user, name, own address
# source: operations practice
# needs: id hostname
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need id hostname
[ "$(id -u)" = 0 ]; hostname >/dev/null; (hostname -i) >/dev/null 2>&1; (getent passwd www-data) >/dev/null 2>&1; nproc >/dev/null 2>&1; env | sort >/dev/null; true
exit 0
