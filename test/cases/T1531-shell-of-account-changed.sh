#!/bin/sh
# case: T1531-shell-of-account-changed
# technique: Login shell of an account changed
# source: redcanaryco/atomic-red-team T1531
# needs: chsh
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
need chsh
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
cp -p /etc/passwd "$W/p"; chsh -s /usr/sbin/nologin games >/dev/null 2>&1; cat "$W/p" > /etc/passwd
exit 0
