#!/bin/sh
# case: T1053.003-monthly-link
# technique: Script linked into cron.monthly
# source: redcanaryco/atomic-red-team T1053.003-2
# needs: ln
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'rm -f /etc/cron.monthly/ho-x; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need ln
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /etc/cron.monthly ] || { mkdir /etc/cron.monthly 2>/dev/null || exit 77; M=1; }
printf '#!/bin/sh\n' > "$W/x"; chmod +x "$W/x"; ln -s "$W/x" /etc/cron.monthly/ho-x; rm -f /etc/cron.monthly/ho-x; [ -n "$M" ] && rmdir /etc/cron.monthly; true
exit 0
