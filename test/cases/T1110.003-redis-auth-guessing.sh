#!/bin/sh
# case: T1110.003-redis-auth-guessing
# technique: Guessing: AUTH against a store on loopback
# source: Kinsing redis; WatchDog; metasploit redis_login
# needs: redis-cli redis-server
# expect: cred net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need redis-cli redis-server
redis-server --port 26379 --requirepass x9 --save '' --daemonize no >/dev/null 2>&1 & R=$!; sleep 1; for p in redis root admin foobared 123456 password; do redis-cli -p 26379 -a "$p" ping >/dev/null 2>&1; done; kill $R; wait 2>/dev/null; true
exit 0
