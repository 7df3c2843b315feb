#!/bin/sh
# case: T1558.005-ccache-and-keytab
# technique: Kerberos tickets and key table copied
# source: redcanaryco/atomic-red-team T1558 (linux); GhostPack tickey
# needs: cp
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'rm -f /etc/krb5.keytab /tmp/krb5cc_0; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
[ -e /etc/krb5.keytab ] && exit 77; echo d > /etc/krb5.keytab || exit 77; echo d > /tmp/krb5cc_0
cp /etc/krb5.keytab "$W/k"; cp /tmp/krb5cc_0 "$W/c"
exit 0
