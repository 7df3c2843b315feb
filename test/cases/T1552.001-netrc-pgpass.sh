#!/bin/sh
# case: T1552.001-netrc-pgpass
# technique: Password files of clients read
# source: redcanaryco/atomic-red-team T1552.001-1 Find AWS/other credentials
# needs: cat
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
H=${HOME:-/root}; N=; for f in .netrc .pgpass .my.cnf; do [ -e "$H/$f" ] || { echo decoy > "$H/$f" && N="$N $H/$f"; }; cat "$H/$f" >/dev/null 2>&1; done; rm -f $N; true
exit 0
