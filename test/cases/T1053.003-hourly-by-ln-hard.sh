#!/bin/sh
# case: T1053.003-hourly-by-ln-hard
# technique: Hard link placed in cron.hourly
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
trap 'rm -f /etc/.ho-x /etc/cron.hourly/ho-x' EXIT; trap 'exit 1' INT TERM
need ln
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /etc/cron.hourly ] || { mkdir /etc/cron.hourly || exit 77; M=1; }
printf '#!/bin/sh\n' > /etc/.ho-x || exit 77; chmod +x /etc/.ho-x; ln /etc/.ho-x /etc/cron.hourly/ho-x; rm -f /etc/cron.hourly/ho-x /etc/.ho-x; [ -n "$M" ] && rmdir /etc/cron.hourly; true
exit 0
