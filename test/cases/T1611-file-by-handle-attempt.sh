#!/bin/sh
# case: T1611-file-by-handle-attempt
# technique: open_by_handle_at called
# source: cdk-team/CDK cap-dac-read-search
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
python3 -c 'import ctypes;c=ctypes.CDLL(None);c.syscall(304,-1,0,0)'
exit 0
