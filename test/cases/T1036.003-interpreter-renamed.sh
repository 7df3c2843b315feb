#!/bin/sh
# case: T1036.003-interpreter-renamed
# technique: Interpreter run under the name of a service
# source: redcanaryco/atomic-red-team T1036.003; Kinsing kdevtmpfsi
# needs: python3
# expect: exec drift evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
cp "$(readlink -f "$(command -v python3)")" "$W/httpd"; "$W/httpd" -c 'pass'
exit 0
