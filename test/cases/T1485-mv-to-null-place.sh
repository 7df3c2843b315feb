#!/bin/sh
# case: T1485-mv-to-null-place
# technique: Application files overwritten with nothing
# source: redcanaryco/atomic-red-team T1485
# needs: sh
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /srv/ho-files' EXIT; trap 'exit 1' INT TERM
mkdir -p /srv/ho-files || exit 77; i=0; while [ $i -lt 40 ]; do echo $i > /srv/ho-files/$i; i=$((i+1)); done; for f in /srv/ho-files/*; do : > "$f"; done
exit 0
