#!/bin/sh
# case: B-unix-socket-gateway
# technique: Application server opens its unix socket, the gateway connects
# source: operations practice
# needs: python3
# expect: exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cat > "$W/app.py" <<'E'
import socket,sys,threading
p=sys.argv[1]+'/app.sock';s=socket.socket(socket.AF_UNIX);s.bind(p);s.listen()
t=threading.Thread(target=lambda:[s.accept()[0].sendall(b'ok') for _ in range(5)]);t.start()
for _ in range(5):
    c=socket.socket(socket.AF_UNIX);c.connect(p);c.recv(9)
t.join()
E
python3 "$W/app.py" "$W"
exit 0
