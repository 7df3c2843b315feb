#!/bin/sh
# case: T1560.001-encrypted-archive
# technique: Configuration packed and encrypted for the way out
# source: MITRE ATT&CK T1560.001; redcanaryco/atomic-red-team T1560.001
# needs: tar openssl
# expect: file exec cred
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need tar openssl
tar cf - /etc/passwd /etc/nginx /etc/redis 2>/dev/null | openssl enc -aes-256-cbc -pbkdf2 -k decoy -out "$W/.cache.bin" 2>/dev/null; true
exit 0
