#!/bin/sh
# case: T1543.002-user-unit
# technique: A unit for a user, enabled by a link
# source: MITRE ATT&CK T1543.002; elastic/detection-rules systemd service created
# needs: ln
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
H=${HOME:-/root}/.config/systemd/user; [ -e "${HOME:-/root}/.config" ] && exit 77
trap 'rm -rf "${HOME:-/root}/.config"' EXIT
mkdir -p "$H/default.target.wants" || exit 77
printf '[Service]\nExecStart=/bin/true\n' > "$H/ho-sync.service"; ln -s "$H/ho-sync.service" "$H/default.target.wants/ho-sync.service"
exit 0
