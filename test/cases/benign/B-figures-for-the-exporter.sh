#!/bin/sh
# case: B-figures-for-the-exporter
# technique: Figures written for an exporter and put in place
# source: operations practice
# needs: mv awk
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/var/lib/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mv awk
for i in 1 2 3; do awk '{printf "ho_load %s\n", $1}' /proc/loadavg > "$W/ho.prom.$$"; df -P /srv 2>/dev/null | awk 'NR==2 {printf "ho_disk_used %s\n", $3}' >> "$W/ho.prom.$$"; mv "$W/ho.prom.$$" "$W/ho.prom"; sleep 1; done
exit 0
