#!/bin/sh
# case: T1053.003-cron-daily
# technique: A script for the daily jobs
# source: redcanaryco/atomic-red-team T1053.003-2
# needs: sh chmod
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
M=; [ -d /etc/cron.daily ] || { M=1; mkdir /etc/cron.daily 2>/dev/null || exit 77; }
trap 'rm -f /etc/cron.daily/ho; [ -n "$M" ] && rmdir /etc/cron.daily; true' EXIT
printf '#!/bin/sh\ntrue\n' > /etc/cron.daily/ho; chmod 755 /etc/cron.daily/ho
exit 0
