#!/bin/sh
# case: T1140-python-base64-decode
# technique: Deobfuscate: python decodes base64 into a shell
# source: redcanaryco/atomic-red-team T1140-3 Base64 decoding with Python
# needs: python3
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import base64;print(base64.b64decode("aWQ7aG9zdG5hbWUK").decode())' | sh >/dev/null 2>&1; true
exit 0
