#!/bin/sh
# case: T1087.001-accounts-by-builtin
# technique: Accounts, groups and hosts read with nothing but the shell
# source: redcanaryco/atomic-red-team T1087.001-2 View accounts with UID 0
# needs: sh
# expect: recon cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
while IFS=: read -r u p i r; do [ "$i" = 0 ] && : "$u"; done < /etc/passwd; while IFS= read -r l; do :; done < /etc/group; for f in /etc/sudoers /etc/hosts; do [ -r $f ] && while IFS= read -r l; do :; done < $f; done; true
exit 0
