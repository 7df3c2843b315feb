#!/bin/sh
# case: T1529-shutdown-by-syscall
# technique: Shutdown: reboot(2) with bad magic, poweroff tools asked for help
# source: redcanaryco/atomic-red-team T1529-3 Restart System via shutdown
# needs: perl
# expect: priv exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
perl -e 'syscall(169,0,0,0,0)' 2>/dev/null; (shutdown --help; halt --help; poweroff --help; kill -0 1) >/dev/null 2>&1; true
exit 0
