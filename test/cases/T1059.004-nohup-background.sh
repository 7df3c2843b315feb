#!/bin/sh
# case: T1059.004-nohup-background
# technique: Dropped script sent to the background
# source: Kinsing; ATT&CK T1059.004
# needs: nohup
# expect: exec drift
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need nohup
printf '#!/bin/sh\nsleep 1\n' > "$W/kd"; chmod +x "$W/kd"; (cd "$W" && nohup ./kd >/dev/null 2>&1 &); sleep 1.5
exit 0
