#!/bin/sh
# case: T1552.004-key-copied
# technique: Private key taken from .ssh
# source: redcanaryco/atomic-red-team T1552.004-3 Copy Private SSH Keys with CP
# needs: cp
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
need cp
H=${HOME:-/root}; N=; [ -d "$H/.ssh" ] || { mkdir -p "$H/.ssh"; N=1; }; echo decoy > "$H/.ssh/ho_id_ed25519"; cp "$H/.ssh/ho_id_ed25519" "$W/k"; rm -f "$H/.ssh/ho_id_ed25519"; [ -n "$N" ] && rmdir "$H/.ssh"; true
exit 0
