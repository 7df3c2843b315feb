#!/bin/sh
# case: B-client-backoff
# technique: Client finds its peer away and tries again with back-off
# source: operations practice
# needs: python3|nc
# expect: net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
if command -v python3 >/dev/null 2>&1; then python3 -c 'import socket,time
for i in range(5):
    s=socket.socket()
    try: s.connect(("127.0.0.1",6379))
    except OSError: time.sleep(.2*2**i)
    s.close()'; else for i in 1 2 3; do nc -w 1 127.0.0.1 6379 </dev/null >/dev/null 2>&1; sleep 1; done; fi; true
exit 0
