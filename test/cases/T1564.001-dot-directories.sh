#!/bin/sh
# case: T1564.001-dot-directories
# technique: Hidden files: directories named dot-dot-space and dot-dot-dot in /dev/shm and /tmp
# source: redcanaryco/atomic-red-team T1564.001-1 Create a hidden file in a hidden directory
# needs: sh
# expect: file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'rm -rf "/dev/shm/.. " "/var/tmp/..." /tmp/.X11-ho' EXIT; trap 'exit 1' INT TERM
mkdir -p /var/tmp; mkdir "/dev/shm/.. " 2>/dev/null || exit 77; mkdir -p /var/tmp/... /tmp/.X11-ho; ho_bin "/var/tmp/.../.s"; echo x > "/dev/shm/.. /.a"; if [ -z "$HO_ARG" ]; then /var/tmp/.../.s 0; fi; true
exit 0
