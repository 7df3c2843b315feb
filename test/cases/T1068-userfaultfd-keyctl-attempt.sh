#!/bin/sh
# case: T1068-userfaultfd-keyctl-attempt
# technique: System calls that exploits build on
# source: falcosecurity/event-generator syscall.UnprivilegedDelegationOfPageFaultsHandlingToAUserspaceProcess
# needs: python3
# expect: priv escape
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
[ "$(uname -m)" = x86_64 ] || exit 77
python3 -c 'import ctypes;c=ctypes.CDLL(None);f=c.syscall(323,0);c.syscall(250,0,-3,0);c.syscall(248,0,0,0,0,0)'
exit 0
