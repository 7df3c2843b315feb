#!/bin/sh
# case: T1547.006-modules-load-d
# technique: Kernel modules: module listed for boot
# source: Diamorphine, Reptile install scripts; redcanaryco/atomic-red-team T1547.006-1 Linux - Load Kernel Module via insmod
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/modules-load.d/ho.conf; rmdir /etc/modules-load.d 2>/dev/null' EXIT; trap 'exit 1' INT TERM
mkdir -p /etc/modules-load.d 2>/dev/null || exit 77; echo reptile > /etc/modules-load.d/ho.conf; (modprobe ho_none; lsmod; modinfo ho_none) >/dev/null 2>&1; true
exit 0
