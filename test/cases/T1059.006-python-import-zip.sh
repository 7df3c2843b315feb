#!/bin/sh
# case: T1059.006-python-import-zip
# technique: Python: code run out of a zip file
# source: redcanaryco/atomic-red-team T1059.006
# needs: python3
# expect: exec drift file
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
python3 -c 'import zipfile,sys
z=zipfile.ZipFile(sys.argv[1],"w");z.writestr("__main__.py","import os;os.getuid()");z.close()' "$W/a.pyz"; python3 "$W/a.pyz"
exit 0
