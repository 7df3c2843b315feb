#!/bin/sh
# case: T1531-account-removed
# technique: Account made and removed
# source: redcanaryco/atomic-red-team T1531 (linux)
# needs: userdel
# expect: exec file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need userdel
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
cp -p /etc/passwd "$W/p"; cp -p /etc/shadow "$W/s"; echo 'ho_gone:x:1997:1997::/nonexistent:/bin/false' >> /etc/passwd; userdel ho_gone >/dev/null 2>&1; cat "$W/p" > /etc/passwd; cat "$W/s" > /etc/shadow
exit 0
