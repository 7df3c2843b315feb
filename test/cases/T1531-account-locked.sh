#!/bin/sh
# case: T1531-account-locked
# technique: Password file rewritten
# source: redcanaryco/atomic-red-team T1531-4 Change User Password via passwd / usermod -L
# needs: cp
# expect: file cred persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
keep() { # remember a file as it is; back puts it back
  K=$W/keep; if [ -e "$1" ]; then cp -p "$1" "$K" || exit 77; else : > "$K.absent"; fi; KF=$1; }
back() { if [ -e "$W/keep.absent" ]; then rm -f "$KF"; elif [ -e "$W/keep" ]; then cat "$W/keep" > "$KF"; touch -r "$W/keep" "$KF" 2>/dev/null; fi; }
trap 'back; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
keep /etc/shadow
[ -e /etc/shadow ] || exit 77
cat "$W/keep" > "$W/new"; cp "$W/new" /etc/shadow 2>/dev/null || exit 77
exit 0
