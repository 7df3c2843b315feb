#!/bin/sh
# case: T1136.001-group-line-docker
# technique: Local group: user put in group docker and sudo by sed
# source: redcanaryco/atomic-red-team T1098.007 / T1078.003-2
# needs: sh
# expect: file persistence priv
# where: container
# image: busybox debian
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
ho_keep /etc/group; sed -i 's/^root:x:0:.*/root:x:0:daemon/' /etc/group && grep -c daemon /etc/group >/dev/null; true
exit 0
