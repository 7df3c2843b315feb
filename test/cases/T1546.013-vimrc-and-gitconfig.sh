#!/bin/sh
# case: T1546.013-vimrc-and-gitconfig
# technique: Event triggered: editor and tool start files
# source: elastic Suspicious vimrc / git config; linux-persistence PANIX
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /root/.vimrc /root/.gitconfig /root/.inputrc /root/.xprofile' EXIT; trap 'exit 1' INT TERM
[ -e /root/.vimrc ] && exit 77; echo ':silent !true &' > /root/.vimrc; printf '[core]\n\tpager = sh -c id\n' > /root/.gitconfig; echo x > /root/.xprofile
exit 0
