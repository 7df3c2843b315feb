#!/bin/sh
# case: B-marker-of-yesterday
# technique: Marker with the time of yesterday, files newer than it listed
# source: operations practice
# needs: touch date find
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need touch date find
Y=$(date -d "@$(( $(date +%s) - 86400 ))" '+%Y-%m-%d %H:%M'); touch -d "$Y" "$W/marker"; for i in 1 2 3; do echo x > "$W/f$i"; done
[ "$(find "$W" -type f -newer "$W/marker" | wc -l)" -eq 3 ] || exit 1
exit 0
