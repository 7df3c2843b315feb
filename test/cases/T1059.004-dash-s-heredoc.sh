#!/bin/sh
# case: T1059.004-dash-s-heredoc
# technique: Unix Shell: commands fed to sh -s on standard input
# source: redcanaryco/atomic-red-team T1059.004-18 Detecting pipe-to-shell
# needs: sh
# expect: exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf 'id\nuname -a\nhostname\n' > "$W/n.sh"; sh -s < "$W/n.sh" >/dev/null 2>&1; cat "$W/n.sh" | sh >/dev/null 2>&1; tee "$W/o" < "$W/n.sh" | sh >/dev/null 2>&1; true
exit 0
