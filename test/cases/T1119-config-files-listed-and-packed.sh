#!/bin/sh
# case: T1119-config-files-listed-and-packed
# technique: Configuration found and packed
# source: redcanaryco/atomic-red-team T1119
# needs: find tar
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
need find tar
find /etc -maxdepth 1 -name '*.conf' > "$W/l" 2>/dev/null; tar cf "$W/c.tar" -T "$W/l" 2>/dev/null; true
exit 0
