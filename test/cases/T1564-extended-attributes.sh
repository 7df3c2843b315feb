#!/bin/sh
# case: T1564-extended-attributes
# technique: Data hidden in extended attributes
# source: hidden payloads
# needs: python3
# expect: file evasion priv
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
python3 -c 'import os,sys
p=sys.argv[1];open(p,"w").write("x")
for n in ("user.payload","security.capability","trusted.overlay.opaque"):
    try: os.setxattr(p,n,b"A"*20)
    except OSError: pass' "$W/f"
exit 0
