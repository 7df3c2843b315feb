#!/bin/sh
# case: T1552.005-metadata-by-python-socket
# technique: Metadata address asked for credentials
# source: DataDog/stratus-red-team steal-ec2-instance-credentials
# needs: python3
# expect: cred net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import socket
s=socket.socket(); s.settimeout(0.5)
try: s.connect(("169.254.169.254",80))
except OSError: pass'
exit 0
