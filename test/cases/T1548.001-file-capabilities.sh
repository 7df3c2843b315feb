#!/bin/sh
# case: T1548.001-file-capabilities
# technique: A copy of a program that may become anybody
# source: redcanaryco/atomic-red-team T1548.001-3; falcosecurity/event-generator
# needs: python3
# expect: priv file exec
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
cp /usr/bin/id "$W/helper"
python3 -c 'import os,struct,sys
os.setxattr(sys.argv[1],"security.capability",struct.pack("<5I",0x02000001,1<<7,0,0,0))' "$W/helper" || exit 77
exit 0
