#!/bin/sh
# case: T1548-ambient-capability
# technique: Capabilities kept across a change of user
# source: MITRE T1548; falcosecurity/rules
# needs: python3
# expect: priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import ctypes
c=ctypes.CDLL(None);c.prctl(8,1,0,0,0);c.prctl(47,2,10,0,0)
h=(ctypes.c_uint*2)(0x20080522,0);d=(ctypes.c_uint*6)()
c.capget(h,d);d[2]=d[2]|(1<<10);c.capset(h,d)'
exit 0
