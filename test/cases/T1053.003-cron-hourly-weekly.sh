#!/bin/sh
# case: T1053.003-cron-hourly-weekly
# technique: Cron: scripts in cron.hourly and cron.monthly
# source: redcanaryco/atomic-red-team T1053.003-2 Cron - Add script to all cron subfolders
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/cron.hourly/ho-job /etc/cron.monthly/ho-job; rmdir /etc/cron.hourly /etc/cron.monthly 2>/dev/null' EXIT; trap 'exit 1' INT TERM
for d in hourly monthly; do mkdir -p /etc/cron.$d 2>/dev/null || exit 77; printf '#!/bin/sh\n:\n' > /etc/cron.$d/ho-job; chmod 755 /etc/cron.$d/ho-job; done
exit 0
