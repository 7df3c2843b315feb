#!/bin/sh
# case: T1070.003-history-truncated
# technique: History emptied and its saving switched off
# source: redcanaryco/atomic-red-team T1070.003-2; T1070.003-3
# needs: bash
# expect: file evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_keep() { # remember a file as it is; ho_back puts it back
  K=$W/keep; if [ -e "$1" ]; then cp -p "$1" "$K" || exit 77; else : > "$K.absent"; fi; KF=$1; }
ho_back() { if [ -e "$W/keep.absent" ]; then rm -f "$KF"; elif [ -e "$W/keep" ]; then cat "$W/keep" > "$KF"; touch -r "$W/keep" "$KF" 2>/dev/null; fi; }
trap 'ho_back; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need bash
ho_keep /root/.bash_history; echo x > /root/.bash_history || exit 77; bash -c 'unset HISTFILE; export HISTSIZE=0; : > /root/.bash_history'
exit 0
