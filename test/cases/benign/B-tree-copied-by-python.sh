#!/bin/sh
# case: B-tree-copied-by-python
# technique: Tree copied with its times by shutil
# source: operations practice
# needs: python3
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
cp /etc/hostname "$W/a" 2>/dev/null || echo a > "$W/a"; python3 -c 'import shutil,sys
shutil.copytree("/etc/nginx",sys.argv[1]+"/nginx",symlinks=True)
shutil.copy2("/etc/nginx/mime.types",sys.argv[1]+"/mime.types")' "$W"
exit 0
