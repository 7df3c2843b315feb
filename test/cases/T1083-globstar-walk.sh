#!/bin/sh
# case: T1083-globstar-walk
# technique: Tree walked with wildcards of bash
# source: LinPEAS without tools
# needs: bash
# expect: recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash
bash -c 'shopt -s globstar nullglob; for f in /etc/**/*.conf; do :; done'
exit 0
