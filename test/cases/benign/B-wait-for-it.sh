#!/bin/sh
# case: B-wait-for-it
# technique: Start script waits for a port with a loop
# source: operations practice
# needs: python3
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
need python3; python3 -c 'import socket,time
time.sleep(2);s=socket.socket();s.setsockopt(1,2,1);s.bind(("127.0.0.1",15432));s.listen(5);s.settimeout(8)
try: s.accept()
except OSError: pass' & P=$!
i=0; while [ $i -lt 30 ]; do python3 -c 'import socket;socket.create_connection(("127.0.0.1",15432),1).close()' 2>/dev/null && break; sleep 0.5; i=$((i+1)); done; wait $P
exit 0
