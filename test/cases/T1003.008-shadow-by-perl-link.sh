#!/bin/sh
# case: T1003.008-shadow-by-perl-link
# technique: /etc/shadow reached by hard link and directory traversal
# source: falcosecurity/event-generator syscall.DirectoryTraversalMonitoredFileRead; CreateHardlinkOverSensitiveFiles
# needs: sh
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -e /etc/shadow ] || exit 77; cat /etc/../etc/../etc/shadow >/dev/null 2>&1; ln /etc/shadow "$W/h" 2>/dev/null; ln -s /etc/shadow "$W/s"; cat "$W/h" "$W/s" >/dev/null 2>&1; true
exit 0
