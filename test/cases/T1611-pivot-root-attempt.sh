#!/bin/sh
# case: T1611-pivot-root-attempt
# technique: Another root tried
# source: aquasecurity/tracee; containers escape notes
# needs: pivot_root
# expect: escape priv exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need pivot_root
mkdir -p "$W/n/o"; pivot_root "$W/n" "$W/n/o" 2>/dev/null; true
exit 0
