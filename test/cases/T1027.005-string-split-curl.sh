#!/bin/sh
# case: T1027.005-string-split-curl
# technique: Obfuscation: quotes and variables hide the name of a tool
# source: Bashfuscator
# needs: base64
# expect: exec evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need base64
a=wh;b=oami; $a$b >/dev/null 2>&1; w''ho"am"i >/dev/null 2>&1; /???/b??/i? >/dev/null 2>&1; sh -c "$(echo aWQK | base64 -d)" >/dev/null; true
exit 0
