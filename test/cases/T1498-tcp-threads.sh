#!/bin/sh
# case: T1498-tcp-threads
# technique: Loopback listener flooded by connections of many threads
# source: denial of service
# needs: python3
# expect: resource net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 - <<'P'
import socket,threading
s=socket.socket();s.bind(("127.0.0.1",0));s.listen(128);a=s.getsockname();stop=False
def srv():
    while not stop:
        try: c,_=s.accept();c.close()
        except OSError: return
threading.Thread(target=srv,daemon=True).start()
def go():
    for i in range(250):
        try: socket.create_connection(a,2).close()
        except OSError: pass
t=[threading.Thread(target=go) for i in range(8)];[x.start() for x in t];[x.join() for x in t];stop=True
P
exit 0
