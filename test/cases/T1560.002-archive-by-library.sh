#!/bin/sh
# case: T1560.002-archive-by-library
# technique: System files packed by a library
# source: redcanaryco/atomic-red-team T1560.002-3 Compressing data using zipfile in Python (FreeBSD/Linux)
# needs: python3
# expect: file exec
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
python3 -c 'import zipfile,sys,glob
z=zipfile.ZipFile(sys.argv[1],"w")
for f in glob.glob("/etc/*.conf")+glob.glob("/root/.*rc"): z.write(f)
z.close()' "$W/x.zip"
exit 0
