#!/bin/sh
# case: T1140-rot13-shell
# technique: A script deciphered into a shell
# source: MITRE ATT&CK T1140; MITRE ATT&CK T1027.010
# needs: tr
# expect: evasion exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tr
echo 'vq >/qri/ahyy; juvpu fu >/qri/ahyy' | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh >/dev/null 2>&1; true
exit 0
