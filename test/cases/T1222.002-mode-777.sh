#!/bin/sh
# case: T1222.002-mode-777
# technique: Rights of system files loosened
# source: redcanaryco/atomic-red-team T1222.002-1 chmod - Change file or folder mode; redcanaryco/atomic-red-team T1222.002-9 chattr - Remove immutable file attribute
# needs: chmod
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chmod
F=/etc/ho-decoy; trap 'rm -f /etc/ho-decoy' EXIT; (echo x > $F) 2>/dev/null || exit 77; chmod 777 $F; chown nobody $F 2>/dev/null; (chattr +i $F && chattr -i $F) >/dev/null 2>&1; true
exit 0
