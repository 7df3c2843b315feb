#!/bin/sh
# case: T1003.008-shadow-by-interpreter
# technique: /etc/shadow and /etc/gshadow read by an interpreter
# source: redcanaryco/atomic-red-team T1003.008-4 Access /etc/{shadow,passwd,master.passwd} with a standard bin that's not cat
# needs: python3
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'for f in ("/etc/shadow","/etc/gshadow"):
    try: open(f).read()
    except OSError: pass'
exit 0
