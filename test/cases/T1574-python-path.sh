#!/bin/sh
# case: T1574-python-path
# technique: Module put before the real one
# source: MITRE T1574; elastic/detection-rules Python path file
# needs: python3
# expect: persistence exec file evasion
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
echo 'x=1' > "$W/colorsys.py"; PYTHONPATH="$W" python3 -c 'import colorsys'
exit 0
