#!/bin/sh
# case: T1546.004-logout-and-zshrc
# technique: Start files of other shells changed
# source: redcanaryco/atomic-red-team T1546.004-5 Append to .zshrc / .bash_logout
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
H=${HOME:-/root}; for f in .bash_logout .zshrc .bash_aliases; do if [ -e "$H/$f" ]; then cp -p "$H/$f" "$W/$f"; echo '# ho' >> "$H/$f"; cp -p "$W/$f" "$H/$f"; else echo '# ho' > "$H/$f"; rm -f "$H/$f"; fi; done; true
exit 0
