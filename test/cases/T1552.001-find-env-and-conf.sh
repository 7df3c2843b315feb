#!/bin/sh
# case: T1552.001-find-env-and-conf
# technique: Credentials in files: find -exec grep for tokens
# source: LaZagne; LinPEAS; redcanaryco/atomic-red-team T1552.001-3 Extract passwords with grep
# needs: find grep
# expect: cred recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find grep
find /etc /srv /root -maxdepth 3 -type f \( -name '*.env' -o -name '*.conf' -o -name '*.ini' -o -name '*.yml' \) -exec grep -liE 'passw|secret|token|api_key' {} + >/dev/null 2>&1; true
exit 0
