#!/bin/sh
# case: T1543.002-timer-by-install
# technique: Timer and service installed below /usr/lib/systemd
# source: redcanaryco/atomic-red-team T1543.002-1; T1053.006-1
# needs: install
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'rm -f /usr/lib/systemd/system/ho-x.timer; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need install
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
M=; [ -d /usr/lib/systemd/system ] || { mkdir -p /usr/lib/systemd/system || exit 77; M=1; }
printf '[Timer]\nOnBootSec=1h\n' > "$W/t"; install -m 644 "$W/t" /usr/lib/systemd/system/ho-x.timer; rm -f /usr/lib/systemd/system/ho-x.timer
[ -n "$M" ] && rmdir -p /usr/lib/systemd/system 2>/dev/null; true
exit 0
