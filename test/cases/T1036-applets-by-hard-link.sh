#!/bin/sh
# case: T1036-applets-by-hard-link
# technique: Copy of the multi-call program under other names
# source: redcanaryco/atomic-red-team T1036.003
# needs: cp
# expect: exec evasion drift file
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp
cp "$(readlink -f /bin/busybox)" "$W/wget"; chmod 755 "$W/wget"; "$W/wget" --help >/dev/null 2>&1; ln "$W/wget" "$W/nc"; "$W/nc" -h >/dev/null 2>&1; true
exit 0
