#!/bin/sh
# case: T1552.004-tls-keys-cat
# technique: TLS keys read out of /etc/ssl/private
# source: redcanaryco/atomic-red-team T1552.004; Sigma lnx private key access
# needs: cat
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/ssl/private/ho-site.key' EXIT; trap 'exit 1' INT TERM
need cat
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /etc/ssl/private ] || { mkdir -p /etc/ssl/private || exit 77; M=1; }
echo decoy > /etc/ssl/private/ho-site.key; cat /etc/ssl/private/*.key >/dev/null
rm -f /etc/ssl/private/ho-site.key; [ -n "$M" ] && rmdir /etc/ssl/private; true
exit 0
