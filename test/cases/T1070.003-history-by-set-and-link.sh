#!/bin/sh
# case: T1070.003-history-by-set-and-link
# technique: History: /dev/null link and +o history
# source: redcanaryco/atomic-red-team T1070.003-3, -5
# needs: sh
# expect: evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /root/.sh_history /root/.mysql_history' EXIT; trap 'exit 1' INT TERM
[ -e /root/.sh_history ] && exit 77; ln -sf /dev/null /root/.sh_history; echo x > /root/.mysql_history; rm -f /root/.mysql_history; sh -c 'set +o history 2>/dev/null; export HISTCONTROL=ignorespace' >/dev/null 2>&1; true
exit 0
