#!/bin/sh
# case: T1036.005-hidden-directory-run
# technique: Program run from a directory that listings do not show
# source: redcanaryco/atomic-red-team T1036.005-1 Execute a process from a directory masquerading as the current parent directory
# needs: cp
# expect: exec drift evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/..."; cp "$(readlink -f /bin/sleep)" "$W/.../sleep"; "$W/.../sleep" 0; true
exit 0
