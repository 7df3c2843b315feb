#!/bin/sh
# case: T1505.003-python-cgi-in-docroot
# technique: Python script put into the web root and made executable
# source: redcanaryco/atomic-red-team T1505.003
# needs: chmod
# expect: file persistence drift
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /var/www/html/cgi' EXIT; trap 'exit 1' INT TERM
need chmod
mkdir -p /var/www/html/cgi || exit 77; printf '#!/usr/bin/python3\n' > /var/www/html/cgi/ho.py; chmod 755 /var/www/html/cgi/ho.py
exit 0
