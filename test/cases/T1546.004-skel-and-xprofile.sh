#!/bin/sh
# case: T1546.004-skel-and-xprofile
# technique: Shell start: /etc/skel and /etc/zsh written
# source: PANIX
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/skel/.ho /etc/zsh/zshenv; rmdir /etc/zsh 2>/dev/null; [ -z "${R:-}" ] || rm -rf /etc/skel' EXIT; trap 'exit 1' INT TERM
[ -d /etc/skel ] || { mkdir -p /etc/skel || exit 77; R=1; }; echo : > /etc/skel/.ho; mkdir -p /etc/zsh; [ -e /etc/zsh/zshenv ] || echo : > /etc/zsh/zshenv
exit 0
