#!/bin/sh
# case: T1027.013-zlib-exec
# technique: Packed program text unpacked and run in memory
# source: redcanaryco/atomic-red-team T1027.013 Encrypted/Encoded File (zlib)
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
python3 -c 'import zlib,base64
exec(zlib.decompress(base64.b64decode(base64.b64encode(zlib.compress(b"import os;os.getpid()")))))'
exit 0
