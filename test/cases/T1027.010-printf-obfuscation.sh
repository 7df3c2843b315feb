#!/bin/sh
# case: T1027.010-printf-obfuscation
# technique: Command put together from escapes
# source: redcanaryco/atomic-red-team T1027.010 Command Obfuscation (hex)
# needs: sh
# expect: exec evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
eval "$(printf '\151\144')" >/dev/null; $(printf '\165\156\141\155\145') -a >/dev/null; $(echo 'di' | rev 2>/dev/null || echo id) >/dev/null; true
exit 0
