#!/bin/sh
# case: T1059.007-shell-from-pager
# technique: Shell started by a program that is no shell
# source: GTFOBins (env, nice, busybox); falcosecurity/rules
# needs: sh
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
env sh -c 'id >/dev/null'; nice sh -c 'id >/dev/null'; nohup sh -c 'id >/dev/null' >/dev/null 2>&1; true
exit 0
