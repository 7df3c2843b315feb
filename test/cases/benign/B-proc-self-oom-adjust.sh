#!/bin/sh
# case: B-proc-self-oom-adjust
# technique: Process asks to be the first to be killed when memory runs out
# source: operations practice
# needs: cat
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
echo 500 > /proc/self/oom_score_adj 2>/dev/null; sh -c 'echo 700 > /proc/$$/oom_score_adj' 2>/dev/null; cat /proc/self/oom_score >/dev/null; true
exit 0
