#!/bin/sh
# case: T1611-swapon-quota-acct
# technique: Escape: swapon, acct, quotactl, sethostname, settime tried
# source: Docker seccomp profile; amicontained
# needs: sh
# expect: escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(hostname ho-x; swapon /dev/sda1; swapoff -a; date -s '2020-01-01'; hwclock -w; sysctl -w kernel.randomize_va_space=0; dmesg -c) >/dev/null 2>&1; true
exit 0
