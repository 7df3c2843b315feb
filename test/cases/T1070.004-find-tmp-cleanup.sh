#!/bin/sh
# case: T1070.004-find-tmp-cleanup
# technique: File deletion: traces in /tmp and /var/tmp removed with the script itself
# source: TeamTNT
# needs: sh
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p "$W/.k"; printf '#!/bin/sh\nrm -f "$0"\n' > "$W/.k/setup.sh"; chmod +x "$W/.k/setup.sh"; "$W/.k/setup.sh"; rm -rf "$W/.k"
exit 0
