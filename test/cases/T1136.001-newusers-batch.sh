#!/bin/sh
# case: T1136.001-newusers-batch
# technique: Account created in a batch
# source: redcanaryco/atomic-red-team T1136.001-1; Sigma lnx user creation
# needs: newusers
# expect: exec file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need newusers
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
cp -p /etc/passwd "$W/p"; cp -p /etc/shadow "$W/s"; cp -p /etc/group "$W/g"; cp -p /etc/gshadow "$W/gs"
printf 'ho_batch:x:1998:1998::/:/bin/false\n' | newusers >/dev/null 2>&1
for x in p:passwd s:shadow g:group gs:gshadow; do cat "$W/${x%%:*}" > "/etc/${x#*:}"; done; rm -f /etc/subuid- /etc/subgid-; true
exit 0
