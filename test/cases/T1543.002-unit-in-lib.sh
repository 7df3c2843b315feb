#!/bin/sh
# case: T1543.002-unit-in-lib
# technique: Unit file in the vendor's directory
# source: redcanaryco/atomic-red-team T1543.002-1 Create Systemd Service; redcanaryco/atomic-red-team T1543.002-3
# needs: sh
# expect: file persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
M=; [ -d /usr/lib/systemd/system ] || { mkdir -p /usr/lib/systemd/system 2>/dev/null || exit 77; M=1; }; printf '[Service]\nExecStart=/bin/true\n' > /usr/lib/systemd/system/ho.service; rm -f /usr/lib/systemd/system/ho.service; [ -n "$M" ] && rmdir -p /usr/lib/systemd/system 2>/dev/null; true
exit 0
