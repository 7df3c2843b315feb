#!/bin/sh
# case: B-temp-files-mktemp
# technique: Temporary files made and removed
# source: operations practice
# needs: mktemp
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mktemp
for k in 1 2 3 4 5; do f=$(mktemp); echo x > "$f"; rm -f "$f"; d=$(mktemp -d); rmdir "$d"; done
exit 0
