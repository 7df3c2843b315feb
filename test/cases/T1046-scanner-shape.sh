#!/bin/sh
# case: T1046-scanner-shape
# technique: Program named like a scanner run
# source: falcosecurity/rules Launch Suspicious Network Tool in Container
# needs: cp
# expect: exec drift net recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp
for n in nmap masscan zmap; do ho_bin "$W/$n"; "$W/$n" ${HO_ARG:-} 0; done; true
exit 0
