#!/bin/sh
# case: B-user-data-chown
# technique: Data directory given to the user of the service
# source: operations practice
# needs: chown chmod ls
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chown chmod ls
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p "$W/data/db"; echo x > "$W/data/db/ibdata"; chown -R 33:33 "$W/data"; chmod -R u=rwX,g=rX,o= "$W/data"; ls -ln "$W/data" >/dev/null
exit 0
