#!/bin/sh
# case: T1548.001-setcap-tool
# technique: Capabilities: setcap gives a copy cap_net_raw
# source: redcanaryco/atomic-red-team T1548.001-6 Provide the SetUID capability to a file
# needs: setcap
# expect: priv file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need setcap
cp "$(command -v sleep)" "$W/s"; (setcap cap_net_raw+ep "$W/s"; getcap -r "$W") >/dev/null 2>&1; "$W/s" 0; true
exit 0
