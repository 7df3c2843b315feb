#!/bin/sh
# case: T1552.001-compose-secrets-cut
# technique: Secrets of the compose file read from /run/secrets
# source: LinPEAS containers; ATT&CK T1552.001
# needs: cut
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /run/secrets/ho_db_password' EXIT; trap 'exit 1' INT TERM
need cut
M=; [ -d /run/secrets ] || { mkdir /run/secrets || exit 77; M=1; }
echo decoy > /run/secrets/ho_db_password; cut -c1-3 /run/secrets/* >/dev/null
rm -f /run/secrets/ho_db_password; [ -n "$M" ] && rmdir /run/secrets; true
exit 0
