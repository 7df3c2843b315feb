#!/bin/sh
# case: T1068-io-uring
# technique: io_uring set up, as tools do that want not to be seen
# source: armosec/curing
# needs: python3
# expect: evasion priv escape
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
c=ctypes.CDLL(None);b=ctypes.create_string_buffer(256);c.syscall(425,8,b)'
exit 0
