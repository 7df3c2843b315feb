#!/bin/sh
# case: T1555-password-stores-copied
# technique: KeePass data base and keyring copied to a staging place
# source: redcanaryco/atomic-red-team T1555.003; LaZagne linux
# needs: cp find
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
need cp find
mkdir -p "$W/home/.local/share/keyrings"; echo d > "$W/home/vault.kdbx"; echo d > "$W/home/.local/share/keyrings/login.keyring"; mkdir "$W/out"
find "$W/home" /home /root \( -name '*.kdbx' -o -name '*.keyring' \) -exec cp {} "$W/out/" \; 2>/dev/null; true
exit 0
