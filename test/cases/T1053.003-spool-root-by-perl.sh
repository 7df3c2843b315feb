#!/bin/sh
# case: T1053.003-spool-root-by-perl
# technique: Crontab of root written by perl
# source: Rocke; Kinsing
# needs: perl
# expect: file persistence exec
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
D=/var/spool/cron/crontabs; N=; [ -d $D ] || { mkdir -p $D || exit 77; N=1; }; [ -e $D/root ] && exit 77
perl -e 'open F, ">", $ARGV[0] or exit 1; print F "# ho\n"; close F' $D/root; rm -f $D/root; [ -n "$N" ] && rmdir -p $D 2>/dev/null; true
exit 0
