#!/bin/sh
# case: T1614.001-language-discovery
# technique: Language and keyboard of the system asked
# source: redcanaryco/atomic-red-team T1614.001-3 Discover System Language with locale
# needs: cat
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(locale; localectl status) >/dev/null 2>&1; cat /etc/locale.conf /etc/default/locale /etc/default/keyboard /etc/vconsole.conf >/dev/null 2>&1; env | grep LANG >/dev/null; true
exit 0
