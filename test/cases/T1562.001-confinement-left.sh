#!/bin/sh
# case: T1562.001-confinement-left
# technique: Confinement of the process changed
# source: apparmor onexec, oom score
# needs: sh
# expect: evasion escape priv file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
echo 'changeprofile unconfined' > /proc/self/attr/current; echo -1000 > /proc/self/oom_score_adj; echo 0 > /proc/sys/kernel/yama/ptrace_scope ; true
exit 0
