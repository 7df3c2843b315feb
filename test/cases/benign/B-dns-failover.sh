#!/bin/sh
# case: B-dns-failover
# technique: Name server does not answer, the second is asked
# source: operations practice
# needs: python3
# expect: net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 - <<'E'
import socket
for n in ('db-primary.internal','db-standby.internal','localhost'):
    try: socket.getaddrinfo(n,5432)
    except OSError: pass
E
exit 0
