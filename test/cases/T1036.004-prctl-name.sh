#!/bin/sh
# case: T1036.004-prctl-name
# technique: Process that names itself like a kernel thread
# source: redcanaryco/atomic-red-team T1036.004-3 linux rename /proc/pid/comm using prctl
# needs: python3
# expect: evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import ctypes;ctypes.CDLL(None).prctl(15,b"kworker/1:0",0,0,0)'
exit 0
