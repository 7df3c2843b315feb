#!/bin/sh
# case: T1611-crio-and-podman-sockets
# technique: Sockets of other engines probed
# source: stealthcopter/deepce
# needs: python3
# expect: escape recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
for p in ("/run/crio/crio.sock","/run/podman/podman.sock","/run/containerd/containerd.sock","/var/run/cri-dockerd.sock","/run/buildkit/buildkitd.sock"):
    try: socket.socket(1).connect(p)
    except OSError: pass' 
exit 0
