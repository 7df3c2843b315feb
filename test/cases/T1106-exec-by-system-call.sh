#!/bin/sh
# case: T1106-exec-by-system-call
# technique: Program started with execve from an interpreter, without a shell
# source: redcanaryco/atomic-red-team T1106 native API (Linux form)
# needs: python3
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import ctypes,os
p=os.fork()
if p==0:
    d=os.open("/dev/null",1);os.dup2(d,1);c=ctypes.CDLL(None);a=(ctypes.c_char_p*2)(b"sh-helper",None);c.execve(b"/usr/bin/id",a,None);os._exit(1)
os.waitpid(p,0)'
exit 0
