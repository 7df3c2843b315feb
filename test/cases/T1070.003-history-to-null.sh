#!/bin/sh
# case: T1070.003-history-to-null
# technique: The history of a shell leads nowhere
# source: redcanaryco/atomic-red-team T1070.003-3 Clear Bash history (ln dev/null)
# needs: ln
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
H=${HOME:-/root}; [ -e "$H/.bash_history" ] && exit 77
trap 'rm -f "${HOME:-/root}/.bash_history"' EXIT
ln -sf /dev/null "$H/.bash_history"
exit 0
