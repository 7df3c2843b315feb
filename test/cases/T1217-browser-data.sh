#!/bin/sh
# case: T1217-browser-data
# technique: Browser profiles looked for
# source: redcanaryco/atomic-red-team T1217-1 List Mozilla Firefox Bookmark Database Files on FreeBSD/Linux
# needs: find
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
find / -xdev -path '*.mozilla/firefox/*/places.sqlite' >/dev/null 2>&1; find "${HOME:-/root}" -name 'Login Data' >/dev/null 2>&1; true
exit 0
