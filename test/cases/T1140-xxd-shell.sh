#!/bin/sh
# case: T1140-xxd-shell
# technique: Hex text turned into commands
# source: redcanaryco/atomic-red-team T1140-7 Hex decoding
# needs: xxd
# expect: exec evasion
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need xxd
printf 6964 | xxd -r -p | sh >/dev/null 2>&1; true
exit 0
