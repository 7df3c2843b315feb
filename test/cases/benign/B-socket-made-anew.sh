#!/bin/sh
# case: B-socket-made-anew
# technique: Socket of a service removed at start, made anew, opened to its clients
# source: operations practice
# needs: python3
# expect: file net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/run/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
python3 -c 'import os,socket,sys
p=sys.argv[1]+"/app.sock"
for _ in range(3):
    if os.path.exists(p): os.unlink(p)
    s=socket.socket(socket.AF_UNIX);s.bind(p);os.chmod(p,0o666);s.listen(8)
    c=socket.socket(socket.AF_UNIX);c.connect(p);a,_=s.accept();c.sendall(b"ping");assert a.recv(9)==b"ping";a.close();c.close();s.close()' "$W"
exit 0
