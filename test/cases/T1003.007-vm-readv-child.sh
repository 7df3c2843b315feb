#!/bin/sh
# case: T1003.007-vm-readv-child
# technique: Memory of another process read with process_vm_readv
# source: aquasecurity/tracee process_vm_readv; falcosecurity/rules PTRACE family
# needs: python3
# expect: cred priv evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ "$(uname -m)" = x86_64 ] || exit 77
sleep 5 & P=$!
python3 -c 'import ctypes,sys
c=ctypes.CDLL(None,use_errno=True);b=ctypes.create_string_buffer(64)
class V(ctypes.Structure): _fields_=[("b",ctypes.c_void_p),("n",ctypes.c_size_t)]
m=open("/proc/%s/maps"%sys.argv[1]).readline().split("-")[0]
l=V(ctypes.addressof(b),64);r=V(int(m,16),64);c.syscall(310,int(sys.argv[1]),ctypes.byref(l),1,ctypes.byref(r),1,0)' "$P"
kill "$P" 2>/dev/null; wait "$P" 2>/dev/null; true
exit 0
