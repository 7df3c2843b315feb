#!/bin/sh
# case: T1053.003-crontab-by-tool
# technique: Cron: table replaced through crontab(1)
# source: redcanaryco/atomic-red-team T1053.003-1 Cron - Replace crontab with referenced file; falcosecurity/event-generator syscall.ScheduleCronJobs
# needs: crontab
# expect: file persistence exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need crontab
mkdir -p /var/spool/cron/crontabs 2>/dev/null; echo '* * * * * /tmp/evil.sh' > "$W/c"; crontab -u root "$W/c" 2>/dev/null; crontab -l >/dev/null 2>&1; crontab -r 2>/dev/null; true
exit 0
