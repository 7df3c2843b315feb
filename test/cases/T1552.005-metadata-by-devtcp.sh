#!/bin/sh
# case: T1552.005-metadata-by-devtcp
# technique: Instance metadata: asked by bash and python without curl
# source: redcanaryco/atomic-red-team T1552.005-1 Azure - Search Azure User Metadata; falcosecurity/rules Contact EC2 Instance Metadata Service From Container
# needs: bash python3
# expect: cred net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash python3
timeout 2 bash -c 'exec 3<>/dev/tcp/169.254.169.254/80' 2>/dev/null; timeout 3 python3 -c 'import socket
s=socket.socket();s.settimeout(1);s.connect_ex(("169.254.169.254",80))'; true
exit 0
