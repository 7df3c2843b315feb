#!/bin/sh
# case: B-certificates-read
# technique: Trusted certificates loaded
# source: operations practice
# needs: python3
# expect: file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import ssl
c=ssl.create_default_context();c.get_ca_certs()' 2>/dev/null; true
exit 0
