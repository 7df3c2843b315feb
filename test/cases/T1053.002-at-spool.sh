#!/bin/sh
# case: T1053.002-at-spool
# technique: Job put into the spool of at
# source: redcanaryco/atomic-red-team T1053.002-2 At - Schedule a job
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/var/spool/cron/atjobs; H=; [ -d /var/spool/cron ] || H=1; mkdir -p "$D" 2>/dev/null || exit 77
trap 'rm -f "$D/a0001"; rmdir "$D" 2>/dev/null; [ -n "$H" ] && rmdir /var/spool/cron /var/spool 2>/dev/null; true' EXIT
printf '#!/bin/sh\ntrue\n' > "$D/a0001"
exit 0
