#!/bin/sh
# case: T1105-package-manager-run
# technique: Tool transfer: apt-get, pip, gem, npm tried
# source: falcosecurity/event-generator syscall.LaunchPackageManagementProcessInContainer
# needs: apt-get
# expect: exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need apt-get
(timeout 5 apt-get -s install nmap; timeout 3 apt-cache policy; timeout 3 pip3 install --dry-run x; timeout 3 dpkg -s bash) >/dev/null 2>&1; true
exit 0
