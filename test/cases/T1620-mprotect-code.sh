#!/bin/sh
# case: T1620-mprotect-code
# technique: Data made executable in place
# source: shellcode loaders
# needs: python3
# expect: evasion fileless priv syscall
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import ctypes,mmap
m=mmap.mmap(-1,4096);m.write(b"\xc3"*16);a=ctypes.addressof(ctypes.c_char.from_buffer(m));c=ctypes.CDLL(None);c.mprotect(ctypes.c_void_p(a),4096,5);ctypes.CFUNCTYPE(None)(a)()' 
exit 0
