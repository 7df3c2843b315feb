#!/bin/sh
# case: T1124-system-time
# technique: Time, zone and uptime asked
# source: redcanaryco/atomic-red-team T1124-3 System Time Discovery in FreeBSD/macOS (Linux form)
# needs: date
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need date
date >/dev/null; cat /etc/timezone /proc/uptime >/dev/null 2>&1; (timedatectl; hwclock) >/dev/null 2>&1; ls -la /etc/localtime /usr/share/zoneinfo >/dev/null 2>&1; true
exit 0
