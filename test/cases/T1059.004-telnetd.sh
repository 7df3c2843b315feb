#!/bin/sh
# case: T1059.004-telnetd
# technique: A shell behind a telnet server
# source: MITRE ATT&CK T1059.004; busybox telnetd as bind shell
# needs: telnetd
# expect: net exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need telnetd
telnetd -F -l /bin/sh -p 23231 -b 127.0.0.1 & P=$!; sleep 1; (echo id; echo exit; sleep 1) | nc 127.0.0.1 23231 >/dev/null 2>&1; kill $P 2>/dev/null; true
exit 0
