#!/bin/sh
# case: T1546.004-bashrc-by-cat-heredoc
# technique: Alias put into a .bashrc below /home
# source: redcanaryco/atomic-red-team T1546.004; sudo alias trick
# needs: sh
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /home/ho' EXIT; trap 'exit 1' INT TERM
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
mkdir -p /home/ho && cat >> /home/ho/.bashrc <<'E'
alias sudo='true'
E
exit 0
