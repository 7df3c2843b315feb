#!/bin/sh
# case: T1003.008-shadow-through-link
# technique: Hashes read through a link with another name
# source: CVE-2017-1002101 shapes; kubernetes log mounts
# needs: ln cat
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need ln cat
ln -s /etc/shadow "$W/app.log"; cat "$W/app.log" >/dev/null 2>&1; true
exit 0
