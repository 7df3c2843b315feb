#!/bin/sh
# case: T1036.003-shell-renamed-to-service
# technique: Shell copied under a daemon's name
# source: redcanaryco/atomic-red-team T1036.003-2 Masquerading as FreeBSD or Linux crond process
# needs: cp
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
cp /bin/sh "$W/crond"; "$W/crond" -c 'id >/dev/null'
exit 0
