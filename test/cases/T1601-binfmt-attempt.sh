#!/bin/sh
# case: T1601-binfmt-attempt
# technique: Interpreter for all programs of a kind registered
# source: redcanaryco/atomic-red-team (binfmt_misc)
# needs: sh
# expect: persistence escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(echo ':ho:M::HO::/bin/true:' > /proc/sys/fs/binfmt_misc/register) 2>/dev/null; mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null; true
exit 0
