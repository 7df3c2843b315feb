#!/bin/sh
# case: T1036.004-comm-by-python
# technique: Masquerading: task name and argv overwritten to look like a kernel thread
# source: redcanaryco/atomic-red-team T1036.004-4 linux rename /proc/pid/comm using prctl; bpfdoor
# needs: perl python3
# expect: evasion exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl python3
perl -e '$0="[kworker/0:1-events]";sleep 2'; python3 -c 'open("/proc/self/comm","w").write("kthreadd");import time;time.sleep(1)' 
exit 0
