#!/bin/sh
# case: T1552.003-history-by-python
# technique: Shell history: each user's history read by an interpreter
# source: redcanaryco/atomic-red-team T1552.003-1 Search Through Bash History
# needs: python3
# expect: cred
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
echo 'mysql -pSecret' > "$W/.bash_history"; python3 -c 'import glob,sys
for f in glob.glob("/root/.*history")+glob.glob("/home/*/.*history")+[sys.argv[1]]:
    try: open(f).read()
    except OSError: pass' "$W/.bash_history" 
exit 0
