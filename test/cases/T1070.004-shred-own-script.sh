#!/bin/sh
# case: T1070.004-shred-own-script
# technique: Script that removes itself with unlink
# source: redcanaryco/atomic-red-team T1070.004
# needs: unlink
# expect: file evasion exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need unlink
printf '#!/bin/sh\nunlink "$0"\n' > "$W/x.sh"; chmod +x "$W/x.sh"; "$W/x.sh"
exit 0
