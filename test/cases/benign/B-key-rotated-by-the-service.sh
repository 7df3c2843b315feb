#!/bin/sh
# case: B-key-rotated-by-the-service
# technique: Signing key rotated by the service: new one made, two kept
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
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
python3 -c 'import os,secrets,sys,glob
w=sys.argv[1]
for n in range(4):
    fd=os.open(f"{w}/signing-{n}.key.tmp",os.O_WRONLY|os.O_CREAT,0o600);os.write(fd,secrets.token_hex(32).encode());os.fsync(fd);os.close(fd);os.rename(f"{w}/signing-{n}.key.tmp",f"{w}/signing-{n}.key")
    for old in sorted(glob.glob(w+"/signing-*.key"))[:-2]: os.unlink(old)
[open(f).read() for f in glob.glob(w+"/signing-*.key")]' "$W"
exit 0
