#!/bin/sh
# case: T1562.001-rivals-killed
# technique: Programs of rivals looked for and ended
# source: Kinsing, TeamTNT, 8220 scripts
# needs: ps|pgrep grep xargs
# expect: evasion exec recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need grep xargs
sh -c 'exec sleep 9' & P=$!; ps 2>/dev/null | grep -v grep | grep -E 'xmrig|kdevtmpfsi|kinsing|masscan' | awk '{print $1}' | xargs -r kill -9 2>/dev/null; (pkill -f kdevtmpfsi; pkill -9 -f xmrig) >/dev/null 2>&1; kill $P; wait $P 2>/dev/null; true
exit 0
