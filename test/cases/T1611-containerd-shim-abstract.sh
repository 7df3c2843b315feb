#!/bin/sh
# case: T1611-containerd-shim-abstract
# technique: Escape: abstract socket of containerd-shim
# source: CVE-2020-15257; CDK shim-pwn
# needs: python3
# expect: escape net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
cat /proc/net/unix >/dev/null; python3 -c 'import socket
for n in ("\0/containerd-shim/moby/x/shim.sock@","/run/containerd/containerd.sock","/var/run/docker.sock","/run/crio/crio.sock"):
    s=socket.socket(socket.AF_UNIX)
    try: s.connect(n)
    except OSError: pass' 
exit 0
