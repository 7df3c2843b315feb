#!/bin/sh
# case: T1565.001-application-data-changed
# technique: Page of the application changed in place
# source: MITRE T1565.001, T1491
# needs: sed
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed
mkdir -p /srv; echo balance=10 > /srv/ho-accounts.db; sed -i 's/10/99/' /srv/ho-accounts.db; rm -f /srv/ho-accounts.db; true
exit 0
