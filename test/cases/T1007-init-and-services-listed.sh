#!/bin/sh
# case: T1007-init-and-services-listed
# technique: Services and start scripts listed
# source: redcanaryco/atomic-red-team T1007-3 System Service Discovery - systemctl/service
# needs: ls
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(systemctl list-units || service --status-all || rc-status) >/dev/null 2>&1; ls -la /etc/init.d /etc/systemd/system /lib/systemd/system >/dev/null 2>&1; cat /etc/inittab >/dev/null 2>&1; true
exit 0
