#!/bin/sh
# case: T1546.004-profile-d
# technique: Commands for every login shell, below /etc/profile.d
# source: redcanaryco/atomic-red-team T1546.004; elastic/detection-rules shell configuration creation
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
M=; [ -d /etc/profile.d ] || { M=1; mkdir /etc/profile.d 2>/dev/null || exit 77; }
trap 'rm -f /etc/profile.d/zz-ho.sh; [ -n "$M" ] && rmdir /etc/profile.d; true' EXIT
echo '(true) & # decoy' > /etc/profile.d/zz-ho.sh
exit 0
