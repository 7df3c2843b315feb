#!/bin/sh
# case: B-shared-upload-dir
# technique: Directory shared between services made writable for all
# source: operations practice
# needs: mkdir chmod
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mkdir chmod
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -m 1777 "$W/spool"; mkdir "$W/shared"; chmod 777 "$W/shared"; echo x > "$W/shared/f"; chmod 666 "$W/shared/f"
exit 0
