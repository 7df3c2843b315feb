#!/bin/sh
# case: T1560.001-zip-by-python-passwd
# technique: Archive: zip and tar made of /etc by python
# source: redcanaryco/atomic-red-team T1560.002-3 Compressing data using zipfile in Python
# needs: python3
# expect: file
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
z=zipfile.ZipFile(sys.argv[1],"w",8)
for f in glob.glob("/etc/*.conf")+["/etc/passwd"]: z.write(f)
z.close()' "$W/z.zip" 
exit 0
