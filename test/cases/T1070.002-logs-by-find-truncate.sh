#!/bin/sh
# case: T1070.002-logs-by-find-truncate
# technique: Logs emptied by find and truncate
# source: redcanaryco/atomic-red-team T1070.002-1; T1070.002-13
# needs: find truncate
# expect: file evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /var/log/ho-app' EXIT; trap 'exit 1' INT TERM
need find truncate
D=/var/log/ho-app; mkdir -p "$D" || exit 77; for n in auth secure messages; do echo x > "$D/$n.log"; done
find "$D" -name '*.log' -exec truncate -s 0 {} +
exit 0
