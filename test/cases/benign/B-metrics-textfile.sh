#!/bin/sh
# case: B-metrics-textfile
# technique: Metrics written for the textfile collector (sponge, rename)
# source: operations practice
# needs: awk mv
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need awk mv
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/textfile"; for k in 1 2 3; do { echo '# HELP backup_age_seconds age'; echo "backup_age_seconds $k"; awk '{print "node_load1 " $1}' /proc/loadavg; } > "$W/textfile/backup.prom.$$"; mv "$W/textfile/backup.prom.$$" "$W/textfile/backup.prom"; sleep 1; done
exit 0
