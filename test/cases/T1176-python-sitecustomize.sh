#!/bin/sh
# case: T1176-python-sitecustomize
# technique: Event triggered: usercustomize and .pth in python's places
# source: PANIX; Sigma python path config
# needs: python3
# expect: file persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /usr/lib/python3/dist-packages/ho.pth /usr/local/lib/python3.11/dist-packages/sitecustomize.py' EXIT; trap 'exit 1' INT TERM
need python3
mkdir -p /usr/local/lib/python3.11/dist-packages; echo 'import os' > /usr/lib/python3/dist-packages/ho.pth || exit 77; : > /usr/local/lib/python3.11/dist-packages/sitecustomize.py; python3 -c 0
exit 0
