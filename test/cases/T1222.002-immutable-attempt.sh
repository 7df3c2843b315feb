#!/bin/sh
# case: T1222.002-immutable-attempt
# technique: File made unchangeable
# source: redcanaryco/atomic-red-team T1222.002-11 Chmod through c script / chattr -i
# needs: chattr
# expect: evasion exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chattr
echo x > "$W/f"; chattr +i "$W/f" 2>/dev/null; chattr -i "$W/f" 2>/dev/null; true
exit 0
