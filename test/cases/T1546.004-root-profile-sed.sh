#!/bin/sh
# case: T1546.004-root-profile-sed
# technique: Start-up file of root edited in place
# source: redcanaryco/atomic-red-team T1546.004-2
# needs: sed
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_keep() { # remember a file as it is; ho_back puts it back
  K=$W/keep; if [ -e "$1" ]; then cp -p "$1" "$K" || exit 77; else : > "$K.absent"; fi; KF=$1; }
ho_back() { if [ -e "$W/keep.absent" ]; then rm -f "$KF"; elif [ -e "$W/keep" ]; then cat "$W/keep" > "$KF"; touch -r "$W/keep" "$KF" 2>/dev/null; fi; }
trap 'ho_back; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need sed
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
ho_keep /root/.profile; [ -e /root/.profile ] || echo '#' > /root/.profile; sed -i '$a # ho test line' /root/.profile
exit 0
