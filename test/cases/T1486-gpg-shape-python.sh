#!/bin/sh
# case: T1486-gpg-shape-python
# technique: Encrypted for impact: python rewrites files and leaves a note
# source: RansomEXX
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
mkdir "$W/d"; i=0; while [ $i -lt 25 ]; do echo "text $i" > "$W/d/$i.txt"; i=$((i+1)); done
python3 -c 'import glob,os,sys
for f in glob.glob(sys.argv[1]+"/*.txt"):
    b=open(f,"rb").read();open(f+".crypt","wb").write(bytes(x^7 for x in b));os.unlink(f)
open(sys.argv[1]+"/RECOVER-FILES.txt","w").write("pay")' "$W/d" 
exit 0
