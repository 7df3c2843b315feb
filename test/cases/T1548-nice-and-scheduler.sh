#!/bin/sh
# case: T1548-nice-and-scheduler
# technique: Priority of the process raised
# source: miner and rootkit start
# needs: python3
# expect: priv resource syscall capability
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os
for f in (lambda: os.nice(-10), lambda: os.sched_setscheduler(0,os.SCHED_FIFO,os.sched_param(50)), lambda: os.setpriority(0,1,-20)):
    try: f()
    except OSError: pass' 
exit 0
