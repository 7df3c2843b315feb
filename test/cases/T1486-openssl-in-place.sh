#!/bin/sh
# case: T1486-openssl-in-place
# technique: Files encrypted and renamed
# source: redcanaryco/atomic-red-team T1486-2 7z; redcanaryco/atomic-red-team T1486-4 Encrypt files using openssl
# needs: openssl|python3
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
i=0; while [ $i -lt 30 ]; do head -c 2000 /dev/urandom > "$W/doc$i.txt"; i=$((i+1)); done
python3 -c 'import os,sys
for n in os.listdir(sys.argv[1]):
    p=os.path.join(sys.argv[1],n);d=bytes(b^90 for b in open(p,"rb").read());open(p+".locked","wb").write(d);os.remove(p)' "$W"
exit 0
