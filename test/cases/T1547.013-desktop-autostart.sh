#!/bin/sh
# case: T1547.013-desktop-autostart
# technique: Program to start with the desktop
# source: redcanaryco/atomic-red-team T1547.013
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/xdg/autostart; N=; [ -d $D ] || { N=1; mkdir -p $D || exit 77; }; printf '[Desktop Entry]\nExec=true\n' > $D/ho.desktop; rm -f $D/ho.desktop; [ -n "$N" ] && rmdir $D /etc/xdg 2>/dev/null; true
exit 0
