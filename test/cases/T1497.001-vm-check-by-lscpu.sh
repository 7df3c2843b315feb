#!/bin/sh
# case: T1497.001-vm-check-by-lscpu
# technique: Virtualisation: lscpu, dmesg, systemd-detect-virt
# source: redcanaryco/atomic-red-team T1497.001-1 Detect Virtualization Environment (Linux)
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(systemd-detect-virt; lscpu | grep -i hypervisor; dmesg | grep -i -E 'kvm|vmware|virtual'; cat /sys/hypervisor/type /proc/scsi/scsi /proc/1/environ) >/dev/null 2>&1; ls /dev/vda /dev/vboxguest /dev/kvm >/dev/null 2>&1; cat /sys/class/net/eth0/address >/dev/null 2>&1; true
exit 0
