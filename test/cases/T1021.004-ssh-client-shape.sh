#!/bin/sh
# case: T1021.004-ssh-client-shape
# technique: SSH client under an own path to loopback
# source: falcosecurity/rules Disallowed SSH Connection; CrowdStrike/detection-container Lateral Movement
# needs: python3
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
ho_bin() { # dest: a copy of a harmless real binary under that path
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
ho_bin "$W/ssh"; "$W/ssh" 1
python3 -c 'import socket
s=socket.socket();s.settimeout(1)
for p in (22,2022):
    try: socket.create_connection(("127.0.0.2",p),1)
    except OSError: pass'
exit 0
