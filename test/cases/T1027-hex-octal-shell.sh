#!/bin/sh
# case: T1027-hex-octal-shell
# technique: Obfuscation: command built of octal escapes and IFS
# source: redcanaryco/atomic-red-team T1059.004-8 Command-Line Interface obfuscation
# needs: sh
# expect: exec evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
eval "$(printf '\151\144')" >/dev/null; sh -c 'c=i;d=d;$c$d' >/dev/null; sh -c 'cat${IFS}/etc/passwd' >/dev/null; echo 'di' | rev 2>/dev/null | sh >/dev/null 2>&1; true
exit 0
