#!/bin/sh
# case: T1105-busybox-ftpget-tftp
# technique: Tool transfer: other clients (ftpget, tftp, rsync, scp)
# source: falcosecurity/event-generator syscall.LaunchRemoteFileCopyToolsInContainer
# needs: sh
# expect: net exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
(timeout 2 ftpget 127.0.0.1 "$W/f" f; timeout 2 tftp -g -r f -l "$W/f" 127.0.0.1; timeout 2 rsync rsync://127.0.0.1/x "$W/"; timeout 2 scp 127.0.0.1:x "$W/") >/dev/null 2>&1; true
exit 0
