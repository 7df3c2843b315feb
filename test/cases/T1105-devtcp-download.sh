#!/bin/sh
# case: T1105-devtcp-download
# technique: Tool fetched by the shell itself and run
# source: redcanaryco/atomic-red-team T1105-27 Linux Download File and Run
# needs: bash python3
# expect: net file drift exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need bash python3
P=$((20000 + $$ % 20000)); python3 -c 'import socket,sys
s=socket.socket();s.setsockopt(1,2,1);s.bind(("127.0.0.1",int(sys.argv[1])));s.listen(1);s.settimeout(8)
c,_=s.accept();c.sendall(b"#!/bin/sh\nid >/dev/null\n");c.close()' "$P" & S=$!
sleep 1; bash -c "cat < /dev/tcp/127.0.0.1/$P" > "$W/t"; chmod 755 "$W/t"; "$W/t"; wait "$S"; true
exit 0
