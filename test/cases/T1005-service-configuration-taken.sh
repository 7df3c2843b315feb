#!/bin/sh
# case: T1005-service-configuration-taken
# technique: Configuration of services packed
# source: linPEAS; MITRE T1005
# needs: tar
# expect: file recon cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need tar
tar czf "$W/c.tgz" /etc/nginx /etc/ssl /etc/redis /etc/passwd /etc/group >/dev/null 2>&1; true
exit 0
