#!/bin/sh
# case: T1056.001-input-devices
# technique: Input capture: /dev/input and tty sniffed
# source: logkeys; Father PAM hook
# needs: sh
# expect: cred recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
ls -la /dev/input /dev/pts >/dev/null 2>&1; for f in /dev/input/event0 /dev/tty1 /dev/vcs1 /dev/uinput; do timeout 1 head -c 8 $f >/dev/null 2>&1; done; printf 'PROMPT_COMMAND="history -a; logger x"\n' > "$W/.bashrc"; true
exit 0
