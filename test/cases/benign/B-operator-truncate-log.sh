#!/bin/sh
# case: B-operator-truncate-log
# technique: Disk full: operator empties a log in place
# source: operations practice
# needs: head df
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need head df
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
L=/var/log/ho-big.log; trap 'rm -f $L; rm -rf "$W"' EXIT; head -c 3000000 /dev/zero > $L; ls -l $L >/dev/null; : > $L; truncate -s 0 $L 2>/dev/null; df /var/log >/dev/null
exit 0
