#!/bin/sh
# case: B-python-logging
# technique: Python writes a rotating log
# source: operations practice
# needs: python3
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
python3 -c 'import logging,logging.handlers as h,sys
l=logging.getLogger();l.addHandler(h.RotatingFileHandler(sys.argv[1],maxBytes=2000,backupCount=2))
for i in range(200): l.warning("line %d",i)' "$W/app.log" 
exit 0
