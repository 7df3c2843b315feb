#!/bin/sh
# case: T1560.001-tar-of-home-and-gzip
# technique: Homes and web root packed
# source: redcanaryco/atomic-red-team T1560.001-7
# needs: tar
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need tar
tar cf - /root /home /var/www 2>/dev/null | gzip > "$W/h.tgz"
exit 0
