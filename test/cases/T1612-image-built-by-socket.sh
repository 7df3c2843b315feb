#!/bin/sh
# case: T1612-image-built-by-socket
# technique: Engine's API asked through a socket
# source: redcanaryco/atomic-red-team T1612-1 Build Image On Host; cdk-team/CDK docker-sock-check
# needs: curl|python3
# expect: escape net recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
python3 -c 'import socket
for p in ("/var/run/docker.sock","/run/containerd/containerd.sock"):
    s=socket.socket(1,1)
    try: s.connect(p)
    except OSError: pass
for p in (2375,2376):
    s=socket.socket();s.settimeout(.5);s.connect_ex(("127.0.0.1",p))'
exit 0
