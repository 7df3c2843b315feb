#!/bin/sh
# case: T1486-base64-in-place
# technique: Files replaced by encoded ones
# source: redcanaryco/atomic-red-team T1486
# needs: base64
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /srv/ho-docs' EXIT; trap 'exit 1' INT TERM
need base64
mkdir -p /srv/ho-docs || exit 77; i=0; while [ $i -lt 30 ]; do echo $i > /srv/ho-docs/$i.doc; i=$((i+1)); done
for f in /srv/ho-docs/*.doc; do base64 "$f" > "$f.enc" && mv "$f.enc" "$f"; done
exit 0
