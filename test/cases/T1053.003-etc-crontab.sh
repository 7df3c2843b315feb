#!/bin/sh
# case: T1053.003-etc-crontab
# technique: Line added to /etc/crontab
# source: redcanaryco/atomic-red-team T1053.003-2 Cron - Add script to all cron subfolders
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
C=/etc/crontab; E=; [ -e $C ] && { E=1; cp -p $C "$W/c"; }; echo '# ho decoy * * * * * root true' >> $C 2>/dev/null || exit 77; if [ -n "$E" ]; then cp -p "$W/c" $C; else rm -f $C; fi; true
exit 0
