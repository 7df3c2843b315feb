#!/bin/sh
# case: T1552.004-host-keys-tar
# technique: Private keys: /etc/ssh and /root/.ssh packed
# source: TeamTNT; falcosecurity/event-generator ReadSshInformation
# needs: tar
# expect: cred file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need tar
mkdir "$W/.ssh"; for k in id_rsa id_ecdsa id_dsa; do echo decoy > "$W/.ssh/$k"; done; tar czf "$W/k.tgz" -C "$W" .ssh 2>/dev/null; cp -r /root/.ssh "$W/s" 2>/dev/null; cat /etc/ssh/ssh_host_*_key >/dev/null 2>&1; true
exit 0
