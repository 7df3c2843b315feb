#!/bin/sh
# case: T1571-listener
# technique: Listener opened on an odd port
# source: falcosecurity/rules Unexpected inbound connection; netcat backdoor
# needs: nc
# expect: net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
(timeout 2 nc -l -s 127.0.0.1 -p 4444) </dev/null >/dev/null 2>&1; true
exit 0
