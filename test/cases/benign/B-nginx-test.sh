#!/bin/sh
# case: B-nginx-test
# technique: Configuration of the web server tested
# source: operations practice
# needs: nginx
# expect: exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nginx
nginx -t >/dev/null 2>&1; nginx -v >/dev/null 2>&1; true
exit 0
