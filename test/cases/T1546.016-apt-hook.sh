#!/bin/sh
# case: T1546.016-apt-hook
# technique: A command before every update of packages
# source: MITRE ATT&CK T1546.016; elastic/detection-rules APT package manager configuration file creation
# needs: sh
# expect: persistence file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -d /etc/apt/apt.conf.d ] || exit 77
trap 'rm -f /etc/apt/apt.conf.d/99ho' EXIT
echo 'APT::Update::Pre-Invoke {"true";};' > /etc/apt/apt.conf.d/99ho
exit 0
