#!/bin/sh
# case: T1552.001-database-yml-awk
# technique: Database password taken from a web application
# source: LinPEAS web files; ATT&CK T1552.001
# needs: awk
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /srv/ho-app' EXIT; trap 'exit 1' INT TERM
need awk
mkdir -p /srv/ho-app/config && printf 'production:\n  password: decoy\n' > /srv/ho-app/config/database.yml || exit 77
awk '/password/{print $2}' /srv/ho-app/config/database.yml >/dev/null
exit 0
