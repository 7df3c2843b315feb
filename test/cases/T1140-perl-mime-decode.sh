#!/bin/sh
# case: T1140-perl-mime-decode
# technique: Payload decoded by perl into a file and run
# source: redcanaryco/atomic-red-team T1140-4
# needs: perl
# expect: exec evasion drift file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need perl
perl -e 'print pack("H*","23212f62696e2f73680a3a0a")' > "$W/p"; chmod +x "$W/p"; "$W/p"
exit 0
