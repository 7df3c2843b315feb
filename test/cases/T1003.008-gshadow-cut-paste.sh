#!/bin/sh
# case: T1003.008-gshadow-cut-paste
# technique: Hashes cut out of gshadow and joined with passwd
# source: redcanaryco/atomic-red-team T1003.008-2; LinPEAS interesting files
# needs: cut paste
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cut paste
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
cut -d: -f1,2 /etc/gshadow 2>/dev/null | paste -d, - /etc/passwd >/dev/null; true
exit 0
