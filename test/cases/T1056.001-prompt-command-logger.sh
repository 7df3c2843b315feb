#!/bin/sh
# case: T1056.001-prompt-command-logger
# technique: Typed commands logged by a start-up file
# source: redcanaryco/atomic-red-team T1056.001-3 Logging bash history to syslog
# needs: sh
# expect: cred file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -d /etc/profile.d ] || { mkdir /etc/profile.d 2>/dev/null || exit 77; M=1; }
trap 'rm -f /etc/profile.d/ho.sh; [ -n "${M:-}" ] && rmdir /etc/profile.d' EXIT
echo 'PROMPT_COMMAND=:' > /etc/profile.d/ho.sh
exit 0
