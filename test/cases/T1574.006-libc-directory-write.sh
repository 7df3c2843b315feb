#!/bin/sh
# case: T1574.006-libc-directory-write
# technique: Dynamic linker: library put in /usr/lib and ldconfig run
# source: Father; Symbiote
# needs: sh
# expect: file persistence drift evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /usr/lib/libho-x.so.1' EXIT; trap 'exit 1' INT TERM
mkdir -p /usr/lib; head -c 4096 /dev/zero > /usr/lib/libho-x.so.1 || exit 77; (ldconfig -p; ldd /bin/ls) >/dev/null 2>&1; true
exit 0
