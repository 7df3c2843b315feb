#!/bin/sh
# case: T1053.003-crond-with-own-spool
# technique: A cron daemon started with a spool of the attacker
# source: redcanaryco/atomic-red-team T1053.003-1
# needs: crond
# expect: exec persistence file
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need crond
mkdir "$W/cr"; echo '0 0 31 2 * /bin/true' > "$W/cr/root"; crond -f -c "$W/cr" >/dev/null 2>&1 & P=$!; sleep 2; kill "$P"; wait 2>/dev/null; true
exit 0
