#!/bin/sh
# case: T1543.002-service-override
# technique: Systemd: drop-in override in /etc/systemd/system/NAME.service.d
# source: redcanaryco/atomic-red-team T1543.002-1 Create Systemd Service
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /etc/systemd/system/ho.service.d; rmdir /etc/systemd/system /etc/systemd 2>/dev/null' EXIT; trap 'exit 1' INT TERM
mkdir -p /etc/systemd/system/ho.service.d 2>/dev/null || exit 77; printf '[Service]\nExecStartPost=/bin/true\n' > /etc/systemd/system/ho.service.d/override.conf
exit 0
