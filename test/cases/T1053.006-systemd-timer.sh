#!/bin/sh
# case: T1053.006-systemd-timer
# technique: systemd timer written
# source: redcanaryco/atomic-red-team T1053.006-1 Create Systemd Service and Timer
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/systemd/system; N=; [ -d /etc/systemd ] || N=1; mkdir -p "$D" 2>/dev/null || exit 77
trap 'rm -f "$D/ho.timer"; [ -n "$N" ] && rmdir "$D" /etc/systemd; true' EXIT
printf '[Timer]\nOnCalendar=daily\n' > "$D/ho.timer"
exit 0
