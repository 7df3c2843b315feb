#!/bin/sh
# case: T1098.004-sshd-configuration
# technique: Password logins of root allowed in a drop-in of the SSH server
# source: MITRE ATT&CK T1098.004; redcanaryco/atomic-red-team T1098.004
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/ssh/sshd_config.d; M=; [ -d $D ] || { M=1; mkdir -p $D 2>/dev/null || exit 77; }
trap 'rm -f /etc/ssh/sshd_config.d/00-ho.conf; [ -n "$M" ] && rmdir /etc/ssh/sshd_config.d /etc/ssh 2>/dev/null; true' EXIT
printf 'PermitRootLogin yes\nAuthorizedKeysFile /tmp/ho-keys\n' > $D/00-ho.conf
exit 0
