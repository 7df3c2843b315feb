#!/bin/sh
# case: T1059.004-here-document-to-bash
# technique: Here document given to bash
# source: ATT&CK T1059.004
# needs: bash
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash
bash <<'E'
: "$BASH_VERSION"
E
exit 0
