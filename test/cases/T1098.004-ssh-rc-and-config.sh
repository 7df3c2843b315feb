#!/bin/sh
# case: T1098.004-ssh-rc-and-config
# technique: Commands that run when somebody logs in with SSH
# source: elastic/detection-rules SSH rc; MITRE T1098.004
# needs: sh
# expect: persistence file cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
H=${HOME:-/root}; N=; [ -d "$H/.ssh" ] || { mkdir -p "$H/.ssh"; N=1; }; for f in rc config authorized_keys2; do [ -e "$H/.ssh/$f" ] || { echo '# ho' > "$H/.ssh/$f"; rm -f "$H/.ssh/$f"; }; done; [ -n "$N" ] && rmdir "$H/.ssh"; true
exit 0
