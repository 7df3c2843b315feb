#!/bin/sh
# case: T1098.004-key-file-copied-in
# technique: authorized_keys copied in with its mode
# source: redcanaryco/atomic-red-team T1098.004-1; 8220 gang
# needs: cp chmod
# expect: file persistence cred
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp chmod
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /root/.ssh ] || { mkdir -m 700 /root/.ssh || exit 77; M=1; }; [ -e /root/.ssh/authorized_keys ] && exit 77
echo 'ssh-ed25519 AAAAdecoy ho' > "$W/k"; cp "$W/k" /root/.ssh/authorized_keys; chmod 600 /root/.ssh/authorized_keys
rm -f /root/.ssh/authorized_keys; [ -n "$M" ] && rmdir /root/.ssh; true
exit 0
