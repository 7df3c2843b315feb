#!/bin/sh
# case: B-entrypoint-template
# technique: Entry point fills a template from the environment
# source: operations practice
# needs: sed mv grep
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed mv grep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf 'listen ${PORT};\nname ${NAME};\n' > "$W/app.conf.tmpl"; PORT=8080 NAME=web sh -c 'sed -e "s/\${PORT}/$PORT/" -e "s/\${NAME}/$NAME/" "$1" > "$1.out"' x "$W/app.conf.tmpl"; mv "$W/app.conf.tmpl.out" "$W/app.conf"; grep -q 8080 "$W/app.conf"
exit 0
