#!/bin/sh
# case: T1003.007-proc-maps-strings
# technique: Secrets looked for in the memory of the service
# source: redcanaryco/atomic-red-team T1003.007; MimiPenguin
# needs: python3
# expect: cred file priv exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
sleep 5 & P=$!
python3 -c 'import sys,re
p=sys.argv[1]
for l in open(f"/proc/{p}/maps"):
    if "[heap]" in l or "[stack]" in l:
        a,b=(int(x,16) for x in l.split()[0].split("-"))
        with open(f"/proc/{p}/mem","rb",0) as m: m.seek(a);re.findall(rb"pass\w+=\S+",m.read(b-a))' $P; kill $P 2>/dev/null; true
exit 0
