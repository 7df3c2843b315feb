#!/bin/sh
# case: T1574.007-path-hijack
# technique: A tool put in front of the real one on PATH
# source: redcanaryco/atomic-red-team T1574.007 (PATH interception)
# needs: sh
# expect: exec drift persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf '#!/bin/sh\nexit 0\n' > "$W/uptime"; chmod 755 "$W/uptime"; PATH=$W:$PATH uptime; true
exit 0
