#!/bin/sh
# case: T1546.018-python-startup-hook
# technique: Module that every Python loads written
# source: redcanaryco/atomic-red-team T1546.018-1 Python Startup Hook - atexit (.pth)
# needs: python3
# expect: persistence file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
D=$(python3 -c 'import site;print(site.getsitepackages()[-1])'); M=; [ -d "$D" ] || { mkdir -p "$D" 2>/dev/null || exit 77; M=1; }
trap 'rm -f "$D/ho.pth"; [ -n "$M" ] && rmdir "$D" 2>/dev/null; true' EXIT; echo '# decoy' > "$D/ho.pth"
exit 0
