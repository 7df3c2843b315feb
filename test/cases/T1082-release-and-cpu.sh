#!/bin/sh
# case: T1082-release-and-cpu
# technique: System release and processors
# source: redcanaryco/atomic-red-team T1082-3 List OS Information
# needs: uname lscpu
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need uname lscpu
uname -a >/dev/null; cat /etc/os-release /etc/debian_version >/dev/null 2>&1; lscpu >/dev/null 2>&1; uptime >/dev/null 2>&1; true
exit 0
