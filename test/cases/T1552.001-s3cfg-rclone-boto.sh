#!/bin/sh
# case: T1552.001-s3cfg-rclone-boto
# technique: Keys of storage clients read
# source: TeamTNT credential script; LinPEAS
# needs: grep
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /root/.config/rclone /root/.s3cfg; rmdir /root/.config 2>/dev/null' EXIT; trap 'exit 1' INT TERM
need grep
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
mkdir -p /root/.config/rclone && echo 'access_key = decoy' > /root/.config/rclone/rclone.conf && echo 'secret_key = decoy' > /root/.s3cfg || exit 77
grep -h key /root/.config/rclone/rclone.conf /root/.s3cfg /root/.boto /root/.passwd-s3fs >/dev/null 2>&1; true
exit 0
