#!/bin/sh
# case: T1546.017-udev-rule
# technique: Rule of udev that runs a program
# source: redcanaryco/atomic-red-team T1546 (udev, Linux); elastic/detection-rules Systemd-udevd Rule File Creation
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/etc/udev/rules.d; mkdir -p $D || exit 77; echo '# ho' > $D/99-ho.rules; rm -f $D/99-ho.rules; rmdir $D /etc/udev 2>/dev/null; true
exit 0
