#!/bin/sh
# case: B-warm-up
# technique: Code compiled and tried at start
# source: operations practice
# needs: python3
# expect: resource exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import re,json,time,http.client,asyncio,sqlite3,decimal
e=time.time()+2
while time.time()<e: compile("x=[i*i for i in range(99)]","m","exec")'
exit 0
