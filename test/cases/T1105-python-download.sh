#!/bin/sh
# case: T1105-python-download
# technique: Tool fetched by an interpreter and run
# source: redcanaryco/atomic-red-team T1105-14 (python)
# needs: python3
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
need python3
python3 -c 'import socket,os,sys,threading
s=socket.socket();s.bind(("127.0.0.1",0));s.listen(1)
c=socket.create_connection(s.getsockname());a,_=s.accept();a.sendall(open("/bin/true","rb").read());a.close()
f=sys.argv[1]
with open(f,"wb") as o:
    while (b:=c.recv(65536)): o.write(b)
os.chmod(f,0o755);os.spawnv(os.P_WAIT,f,[f])' "$W/t"
exit 0
