#!/bin/sh
# case: T1552.003-client-histories-tail
# technique: Histories of psql, mysql and redis clients read
# source: redcanaryco/atomic-red-team T1552.003; LinPEAS
# needs: tail
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /root/.psql_history /root/.mysql_history /root/.rediscli_history' EXIT; trap 'exit 1' INT TERM
need tail
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
for f in .psql_history .mysql_history .rediscli_history; do echo 'select 1' > "/root/$f" || exit 77; done
tail -n 20 /root/.psql_history /root/.mysql_history /root/.rediscli_history >/dev/null
exit 0
