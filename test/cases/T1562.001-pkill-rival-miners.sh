#!/bin/sh
# case: T1562.001-pkill-rival-miners
# technique: Impair defences: rivals and agents killed by name
# source: TeamTNT; WatchDog; Kinsing
# needs: sh
# expect: evasion exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
sh -c 'exec sleep 30' & P=$!; for n in xmrig kdevtmpfsi kinsing aliyun-service clamd; do pkill -f "$n" 2>/dev/null; killall -9 $n 2>/dev/null; done; ps aux 2>/dev/null | grep -v grep | grep 'xmrig' | awk '{print $2}' | xargs -r kill -9 2>/dev/null; kill -9 $P; wait 2>/dev/null; true
exit 0
