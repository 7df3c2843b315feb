#!/bin/sh
# case: T1546.018-usercustomize
# technique: usercustomize.py in the user site
# source: redcanaryco/atomic-red-team T1546.018-1; ATT&CK T1546.018
# needs: python3
# expect: file persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
D=$(python3 -m site --user-site) || exit 77; [ -e "$D/usercustomize.py" ] && exit 77
B=$D; while [ ! -d "${B%/*}" ]; do B=${B%/*}; done; mkdir -p "$D"; echo 'pass' > "$D/usercustomize.py"; python3 -c pass; rm -f "$D/usercustomize.py"; rm -rf "$B"
exit 0
