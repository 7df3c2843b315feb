#!/bin/sh
# case: T1068-dirty-pipe-shape
# technique: Exploitation: splice and vmsplice on a read-only file
# source: CVE-2022-0847 dirty pipe
# needs: python3
# expect: priv evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os
f=os.open("/etc/passwd",os.O_RDONLY);r,w=os.pipe();import fcntl
fcntl.fcntl(w,1031,65536);os.write(w,b"a"*4096);os.read(r,4096)
n=os.splice(f,w,1,0) if hasattr(os,"splice") else 0
os.close(f)' 
exit 0
