#!/bin/sh
# case: B-temporary-files-swept
# technique: Old temporary files swept by age, empty directories removed
# source: operations practice
# needs: find
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/tmp/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need find
mkdir -p "$W/a/b" "$W/c"; for i in 1 2 3; do echo x > "$W/a/upload-$i"; done; find /tmp -xdev -name 'ho.*' -type f -mmin +1440 -delete 2>/dev/null
find "$W" -type f -name 'upload-*' -mmin -5 -exec rm -f {} +; find "$W" -mindepth 1 -type d -empty -delete; true
exit 0
