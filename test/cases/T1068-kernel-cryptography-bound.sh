#!/bin/sh
# case: T1068-kernel-cryptography-bound
# technique: Sockets of the kernel's cryptography, the hypervisor and the firewall bound
# source: google/security-research kernelCTF; aquasecurity/tracee
# needs: python3
# expect: priv escape
# where: container
# image: debian
# caps: none
# seen: where a family is missing or refused, the next one is tried
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
n=0
for f,t,p,a in ((38,5,0,("hash","sha256")),(16,3,12,(0,0)),(16,3,6,(0,0)),(40,1,0,(0xffffffff,5000))):
    try: socket.socket(f,t,p).bind(a);n+=1
    except OSError: pass
raise SystemExit(0 if n else 77)'
exit $?
