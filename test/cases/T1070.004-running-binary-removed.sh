#!/bin/sh
# case: T1070.004-running-binary-removed
# technique: Program removes itself while running
# source: aquasecurity/tracee; redcanaryco/atomic-red-team T1070.004-1 Delete a single file
# needs: rm
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
ho_bin() { # dest: a copy of a harmless real binary under that path
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
ho_bin "$W/up"; "$W/up" ${HO_ARG:+sleep} 2 & P=$!; sleep 1; rm -f "$W/up"; wait "$P" 2>/dev/null; true
exit 0
