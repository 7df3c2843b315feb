#!/bin/sh
# case: T1059.004-shell-from-worker
# technique: Shell started by a worker of a service (python that listens)
# source: falcosecurity/rules Run shell untrusted; falcosecurity/event-generator syscall.RunShellUntrusted
# needs: python3
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket,subprocess
s=socket.socket();s.bind(("127.0.0.1",0));s.listen(1)
subprocess.run(["/bin/sh","-c","cat /etc/hostname"],stdout=subprocess.DEVNULL)'
exit 0
