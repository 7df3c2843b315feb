#!/bin/sh
# case: T1098.004-keys-generated
# technique: SSH: host key and known_hosts written below /root/.ssh
# source: Kinsing, known_hosts use; falcosecurity/event-generator syscall.ReadSshInformation
# needs: sh
# expect: file persistence cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /root/.ssh/known_hosts /root/.ssh/id_ed25519 /root/.ssh/config; rmdir /root/.ssh 2>/dev/null' EXIT; trap 'exit 1' INT TERM
[ -e /root/.ssh/id_ed25519 ] && exit 77; mkdir -p /root/.ssh || exit 77; echo '127.0.0.1 ssh-ed25519 AAAA' > /root/.ssh/known_hosts; echo decoy > /root/.ssh/id_ed25519; chmod 600 /root/.ssh/id_ed25519; cat /root/.ssh/id_ed25519 >/dev/null
exit 0
