#!/bin/sh
# case: T1070.003-history-linked-away
# technique: Shell history linked to /dev/null
# source: redcanaryco/atomic-red-team T1070.003-3 Clear Bash history (cat dev/null); redcanaryco/atomic-red-team T1070.003-4 ln dev/null; falcosecurity/event-generator DeleteBashHistory
# needs: ln
# expect: file evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
F=${HOME:-/root}/.bash_history; [ "$F" = /.bash_history ] && F=/root/.bash_history; [ -e "$F" ] && { echo "SKIP: has a history"; exit 77; }; mkdir -p "${F%/*}" 2>/dev/null || exit 77; echo x > "$F" || exit 77; rm -f "$F"; ln -sf /dev/null "$F"; rm -f "$F"
exit 0
