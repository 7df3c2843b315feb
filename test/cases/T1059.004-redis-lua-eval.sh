#!/bin/sh
# case: T1059.004-redis-lua-eval
# technique: Store evaluates code and writes a file by CONFIG SET
# source: Redis RCE; WatchDog; P2PInfect
# needs: redis-server redis-cli
# expect: exec file net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need redis-server redis-cli
redis-server --port 26380 --save '' --dir "$W" --daemonize no >/dev/null 2>&1 & R=$!; sleep 1; redis-cli -p 26380 eval 'return 1' 0 >/dev/null 2>&1; redis-cli -p 26380 config set dir "$W" >/dev/null 2>&1; redis-cli -p 26380 config set dbfilename root >/dev/null 2>&1; redis-cli -p 26380 set x '* * * * * id' >/dev/null 2>&1; redis-cli -p 26380 save >/dev/null 2>&1; kill $R; wait 2>/dev/null; true
exit 0
