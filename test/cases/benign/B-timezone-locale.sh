#!/bin/sh
# case: B-timezone-locale
# technique: Application looks up time zones and locales
# source: operations practice
# needs: date ls
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need date ls
for z in UTC Europe/Berlin America/New_York; do TZ=$z date >/dev/null; done; LC_ALL=C.UTF-8 ls /usr/share >/dev/null 2>&1; locale -a >/dev/null 2>&1; true
exit 0
