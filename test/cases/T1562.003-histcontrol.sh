#!/bin/sh
# case: T1562.003-histcontrol
# technique: History: HISTCONTROL and PROMPT_COMMAND set in a start file
# source: redcanaryco/atomic-red-team T1562.003-1
# needs: sh
# expect: evasion file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf 'export HISTCONTROL=ignoreboth\nunset HISTFILE\n' > "$W/.bashrc"; sh -c ". $W/.bashrc; id" >/dev/null; sh -c 'HISTFILE=/dev/null; export HISTFILE; true' 
exit 0
