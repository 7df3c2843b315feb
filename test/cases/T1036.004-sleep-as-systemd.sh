#!/bin/sh
# case: T1036.004-sleep-as-systemd
# technique: Tool linked under the name of a system service and run
# source: redcanaryco/atomic-red-team T1036.004
# needs: ln
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need ln
ln -s "$(readlink -f "$(command -v sleep)")" "$W/systemd-logind"; "$W/systemd-logind" 0
exit 0
