#!/bin/sh
# case: B-subprocess-tool
# technique: Application calls a tool of the image and reads its answer
# source: operations practice
# needs: python3 date df gzip
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3 date df gzip
python3 -c 'import subprocess
for a in (["date","+%s"],["df","-k","/tmp"],["gzip","--version"]): subprocess.run(a,capture_output=True,check=True)'
exit 0
