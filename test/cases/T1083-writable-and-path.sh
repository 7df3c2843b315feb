#!/bin/sh
# case: T1083-writable-and-path
# technique: File discovery: writable files and directories of PATH
# source: LinEnum; LinPEAS
# needs: find
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
find /etc /usr /opt -xdev -writable -type f >/dev/null 2>&1 || find /etc /usr -xdev -perm -002 -type f >/dev/null 2>&1; ls -la /home /root /opt /srv /var/backups /var/mail >/dev/null 2>&1; ls -alR /var/www >/dev/null 2>&1; true
exit 0
