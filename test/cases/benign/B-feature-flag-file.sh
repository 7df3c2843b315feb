#!/bin/sh
# case: B-feature-flag-file
# technique: Feature flags fetched into a file and swapped by symbolic link
# source: operations practice
# needs: ln mv grep
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ln mv grep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/..v1" "$W/..v2"; echo '{"beta":false}' > "$W/..v1/flags.json"; echo '{"beta":true}' > "$W/..v2/flags.json"
ln -s ..v1 "$W/..data"; ln -s ..data/flags.json "$W/flags.json"; cat "$W/flags.json" >/dev/null; ln -s ..v2 "$W/..data_tmp"; mv -T "$W/..data_tmp" "$W/..data" 2>/dev/null || { rm "$W/..data"; ln -s ..v2 "$W/..data"; }; grep -q true "$W/flags.json"
exit 0
