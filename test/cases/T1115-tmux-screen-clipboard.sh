#!/bin/sh
# case: T1115-tmux-screen-clipboard
# technique: Clipboard and screen: xclip, xwd, tmux buffers tried
# source: redcanaryco/atomic-red-team T1115-5 Collect clipboard xclip; T1113-3
# needs: sh
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
(xclip -o; xsel; xwd -root -silent; import -window root "$W/s.png"; tmux show-buffer; cat /tmp/.X11-unix/X0) >/dev/null 2>&1; ls -la /tmp/.X11-unix /tmp/tmux-0 >/dev/null 2>&1; true
exit 0
