#!/bin/sh
# case: T1543.002-systemctl-enable
# technique: Systemd: unit linked into multi-user.target.wants
# source: redcanaryco/atomic-red-team T1543.002-3 Create Systemd Service
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/systemd/system/multi-user.target.wants/ho.service /usr/lib/systemd/system/ho.service' EXIT; trap 'exit 1' INT TERM
mkdir -p /etc/systemd/system/multi-user.target.wants /usr/lib/systemd/system 2>/dev/null || exit 77; echo '[Unit]' > /usr/lib/systemd/system/ho.service; ln -s /usr/lib/systemd/system/ho.service /etc/systemd/system/multi-user.target.wants/ho.service
exit 0
