#!/bin/sh
# case: T1059.004-run-parts
# technique: Unix Shell: run-parts runs a planted directory
# source: GTFOBins run-parts
# needs: run-parts
# expect: exec drift file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need run-parts
mkdir "$W/d"; printf '#!/bin/sh\nid >/dev/null\n' > "$W/d/job"; chmod 755 "$W/d/job"; run-parts "$W/d"
exit 0
