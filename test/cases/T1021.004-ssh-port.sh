#!/bin/sh
# case: T1021.004-ssh-port
# technique: Remote login port asked
# source: falcosecurity/event-generator syscall.DisallowedSSHConnectionNonStandardPort; redcanaryco/atomic-red-team T1021.004
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
(ssh -o BatchMode=yes -o ConnectTimeout=1 127.0.0.1 true) >/dev/null 2>&1; echo | nc -w 1 127.0.0.1 22 >/dev/null 2>&1; true
exit 0
