#!/bin/sh
# case: T1552.004-key-in-work-directory
# technique: Private key of a decoy read by the shell
# source: redcanaryco/atomic-red-team T1552.004-2
# needs: sh
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\n' > "$W/id_ecdsa"; read -r l < "$W/id_ecdsa"; : "$l"
exit 0
