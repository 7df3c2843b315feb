#!/bin/sh
# case: T1620-proc-self-fd-script
# technique: Fileless: script run through /dev/fd and process substitution
# source: GTFOBins; Sigma
# needs: bash
# expect: exec fileless
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need bash
bash -c 'source <(echo "id >/dev/null"); bash <(echo "uname -a") >/dev/null; exec 9< <(echo id); bash /dev/fd/9 >/dev/null' 
exit 0
