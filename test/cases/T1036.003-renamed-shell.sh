#!/bin/sh
# case: T1036.003-renamed-shell
# technique: Shell under the name of a daemon
# source: redcanaryco/atomic-red-team T1036.003-2 Masquerading as FreeBSD or Linux crond process
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
cp "$(readlink -f /bin/sh)" "$W/crond"; "$W/crond" -c 'exit 0' 2>/dev/null || "$W/crond" sh -c 'exit 0' 2>/dev/null; true
exit 0
