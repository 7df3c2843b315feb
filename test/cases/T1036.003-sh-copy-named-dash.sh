#!/bin/sh
# case: T1036.003-sh-copy-named-dash
# technique: Masquerading: sh copied to another name and run
# source: redcanaryco/atomic-red-team T1036.003-2 Masquerading as FreeBSD/Linux crond process; T1059.004
# needs: sh
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
if [ "$(readlink -f /bin/sh)" = /bin/busybox ] || [ "$(readlink -f /bin/sh)" = "$(readlink -f /bin/busybox 2>/dev/null)" ]; then mkdir "$W/b"; cp /bin/busybox "$W/b/sh"; "$W/b/sh" -c id >/dev/null; else cp /bin/sh "$W/crond"; "$W/crond" -c id >/dev/null; fi
exit 0
