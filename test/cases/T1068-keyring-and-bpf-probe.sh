#!/bin/sh
# case: T1068-keyring-and-bpf-probe
# technique: Exploitation: add_key, io_uring_setup, userfaultfd by perl
# source: falcosecurity/event-generator syscall.UnprivilegedDelegationOfPageFaultsHandlingToAUserspaceProcess
# needs: perl
# expect: priv evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
perl -e '$t="user";$d="ho";$p="x";syscall(248,$t,$d,$p,1,-3);$b="\0"x120;syscall(425,4,$b);syscall(323,2048)'; true
exit 0
