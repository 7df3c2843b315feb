#!/bin/sh
# case: T1486-files-encrypted
# technique: Many files encrypted and renamed, note left (decoys)
# source: redcanaryco/atomic-red-team T1486-1 Encrypt files using gpg (python form)
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
mkdir "$W/docs"; i=0; while [ $i -lt 60 ]; do echo "document $i" > "$W/docs/report$i.docx"; i=$((i+1)); done
python3 -c 'import os,sys
d=sys.argv[1]
for n in sorted(os.listdir(d)):
    p=os.path.join(d,n);b=open(p,"rb").read();open(p+".locked","wb").write(bytes(x^0x5a for x in b));os.remove(p)
open(os.path.join(d,"README_TO_DECRYPT.txt"),"w").write("decoy")' "$W/docs"
exit 0
