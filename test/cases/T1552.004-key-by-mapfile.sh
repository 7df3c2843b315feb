#!/bin/sh
# case: T1552.004-key-by-mapfile
# technique: Private key read with builtins of bash only
# source: redcanaryco/atomic-red-team T1552.004-2 Discover Private SSH Keys
# needs: bash
# expect: cred file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /root/.ssh/id_ed25519' EXIT; trap 'exit 1' INT TERM
need bash
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /root/.ssh ] || { mkdir /root/.ssh || exit 77; M=1; }
echo 'decoy' > /root/.ssh/id_ed25519
bash -c 'mapfile -t k < /root/.ssh/id_ed25519; : "${#k[@]}"'
rm -f /root/.ssh/id_ed25519; [ -n "$M" ] && rmdir /root/.ssh; true
exit 0
