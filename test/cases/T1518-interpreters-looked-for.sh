#!/bin/sh
# case: T1518-interpreters-looked-for
# technique: Compilers and interpreters looked for
# source: rebootuser/LinEnum useful software
# needs: which
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need which
for t in gcc cc make perl ruby php node go nc ncat socat wget curl docker kubectl; do which $t >/dev/null 2>&1; done; true
exit 0
