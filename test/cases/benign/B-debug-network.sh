#!/bin/sh
# case: B-debug-network
# technique: On-call looks at sockets and their queues
# source: operations practice
# needs: cat
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: close to discovery techniques
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/snmp /proc/net/dev >/dev/null 2>&1; (netstat -tn || ss -tn) >/dev/null 2>&1; true
exit 0
