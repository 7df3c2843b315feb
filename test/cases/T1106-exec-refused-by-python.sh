#!/bin/sh
# case: T1106-exec-refused-by-python
# technique: Executions that are refused
# source: exploit attempts
# needs: python3
# expect: exec
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
python3 -c 'import os,sys
p=sys.argv[1];open(p,"wb").write(b"\x7fELF"+b"\0"*60);os.chmod(p,0o755)
for q in (p,"/etc/passwd","/dev/null"):
    try: os.execv(q,["x"])
    except OSError: pass' "$W/x"
exit 0
