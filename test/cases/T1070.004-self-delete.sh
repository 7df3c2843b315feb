#!/bin/sh
# case: T1070.004-self-delete
# technique: Dropped script that removes itself
# source: redcanaryco/atomic-red-team T1070.004-1 Delete a single file
# needs: sh
# expect: evasion file drift exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf '#!/bin/sh\nrm -f "$0"\n' > "$W/x"; chmod 755 "$W/x"; "$W/x"; true
exit 0
