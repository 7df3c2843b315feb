#!/bin/sh
# case: T1620-python-ctypes-mmap-rwx
# technique: Reflective loading: RWX page filled with code and called
# source: aquasecurity/tracee dynamic_code_loading
# needs: python3
# expect: exec evasion fileless
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 code"; exit 77; }
python3 -c 'import ctypes,mmap
m=mmap.mmap(-1,4096,prot=7);m.write(b"\xb8\x2a\x00\x00\x00\xc3")
f=ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)));assert f()==42'
exit 0
