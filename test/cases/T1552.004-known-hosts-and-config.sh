#!/bin/sh
# case: T1552.004-known-hosts-and-config
# technique: ssh configuration and known hosts read for the next hop
# source: Kinsing spre.sh; ATT&CK T1552.004
# needs: awk
# expect: cred recon file
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need awk
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /root/.ssh ] || { mkdir /root/.ssh || exit 77; M=1; }; echo 'Host 127.0.0.9' > /root/.ssh/config; echo '127.0.0.9 ssh-rsa A' > /root/.ssh/known_hosts
awk '{print $2}' /root/.ssh/config >/dev/null; cut -d' ' -f1 /root/.ssh/known_hosts >/dev/null; rm -f /root/.ssh/config /root/.ssh/known_hosts; [ -n "$M" ] && rmdir /root/.ssh; true
exit 0
