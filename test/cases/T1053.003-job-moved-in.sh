#!/bin/sh
# case: T1053.003-job-moved-in
# technique: Cron job prepared in /tmp and moved into /etc/cron.d
# source: redcanaryco/atomic-red-team T1053.003-3; Kinsing
# needs: mv
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'rm -f /etc/cron.d/ho-sync; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mv
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /etc/cron.d ] || { mkdir /etc/cron.d 2>/dev/null || exit 77; M=1; }
echo '0 0 31 2 * root /bin/true' > "$W/j"; mv "$W/j" /etc/cron.d/ho-sync; rm -f /etc/cron.d/ho-sync; [ -n "$M" ] && rmdir /etc/cron.d; true
exit 0
