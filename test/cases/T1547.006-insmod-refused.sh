#!/bin/sh
# case: T1547.006-insmod-refused
# technique: Kernel module load asked for
# source: redcanaryco/atomic-red-team T1547.006-1 Linux - Load Kernel Module via insmod; CDK; falcosecurity/rules Linux Kernel Module Injection Detected
# needs: sh
# expect: priv escape persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need insmod; echo x > "$W/ho.ko"; insmod "$W/ho.ko" >/dev/null 2>&1; modprobe ho_none >/dev/null 2>&1; true
exit 0
