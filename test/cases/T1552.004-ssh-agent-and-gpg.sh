#!/bin/sh
# case: T1552.004-ssh-agent-and-gpg
# technique: Private keys: agent sockets and gnupg taken
# source: redcanaryco/atomic-red-team T1552.004-5 Copy Private SSH Keys with rsync; -7 gpg
# needs: sh
# expect: cred recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
find /tmp -maxdepth 2 -name 'agent.*' >/dev/null 2>&1; ls -la /root/.gnupg /root/.ssh /home/*/.ssh >/dev/null 2>&1; cat /root/.ssh/id_rsa /root/.ssh/id_ed25519 /etc/ssl/private/ssl-cert-snakeoil.key >/dev/null 2>&1; find / -xdev \( -name '*.p12' -o -name '*.pfx' -o -name '*.jks' -o -name 'id_*' \) >/dev/null 2>&1; true
exit 0
