#!/bin/sh
# case: T1135-shares
# technique: Shares and mounts listed
# source: redcanaryco/atomic-red-team T1135-2 Network Share Discovery - linux
# needs: cat
# expect: recon file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
cat /etc/exports /etc/fstab /proc/fs/nfsfs/servers >/dev/null 2>&1; (mount; showmount -e 127.0.0.1; smbstatus) >/dev/null 2>&1; true
exit 0
