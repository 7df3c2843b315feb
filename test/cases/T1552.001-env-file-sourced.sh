#!/bin/sh
# case: T1552.001-env-file-sourced
# technique: Decoy .env of another application sourced by the shell
# source: ATT&CK T1552.001
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
printf 'DB_PASSWORD=decoy\n' > "$W/.env"; . "$W/.env"; : "$DB_PASSWORD"
exit 0
