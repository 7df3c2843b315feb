#!/bin/sh
# case: B-archive-upload-unpacked
# technique: Uploaded archive unpacked and its files moved into place
# source: operations practice
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
python3 -c 'import zipfile,sys,os,shutil
w=sys.argv[1];z=zipfile.ZipFile(w+"/u.zip","w")
for i in range(50): z.writestr("img/%d.png"%i,b"\x89PNG"+os.urandom(500))
z.close();zipfile.ZipFile(w+"/u.zip").extractall(w+"/x");shutil.move(w+"/x/img",w+"/media")' "$W"
exit 0
