#!/bin/sh
# case: B-saved-as-editors-do
# technique: Settings saved as editors do: swap file, backup, rename
# source: operations practice
# needs: mv cp
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mv cp
printf 'workers=2\n' > "$W/app.ini"; : > "$W/.app.ini.swp"; cp "$W/app.ini" "$W/app.ini~"; sed 's/2/4/' "$W/app.ini" > "$W/.app.ini.swx"; mv "$W/.app.ini.swx" "$W/app.ini"; rm -f "$W/.app.ini.swp"; grep -q workers=4 "$W/app.ini"
exit 0
