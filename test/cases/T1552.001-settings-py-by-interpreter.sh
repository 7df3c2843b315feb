#!/bin/sh
# case: T1552.001-settings-py-by-interpreter
# technique: Secret of a Django settings file taken by Python
# source: ATT&CK T1552.001
# needs: python3
# expect: cred file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /srv/ho-site' EXIT; trap 'exit 1' INT TERM
need python3
mkdir -p /srv/ho-site && printf 'SECRET_KEY = "decoy"\n' > /srv/ho-site/settings.py || exit 77
python3 -c 'import re; re.findall("SECRET_KEY.*", open("/srv/ho-site/settings.py").read())'
exit 0
