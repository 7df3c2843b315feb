#!/bin/sh
# case: T1552.001-aws-key-pattern-grep
# technique: Access keys searched by their shape in the web root
# source: redcanaryco/atomic-red-team T1552.001-1 Find AWS credentials; Sigma lnx_susp_grep_credentials
# needs: grep mkdir
# expect: cred recon file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need grep mkdir
mkdir -p "$W/site"; i=0; while [ $i -lt 15 ]; do echo "key=$i" > "$W/site/conf$i.php"; i=$((i+1)); done
grep -rhoE 'AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}' "$W/site" /var/www /srv 2>/dev/null; true
exit 0
