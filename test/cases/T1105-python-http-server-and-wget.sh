#!/bin/sh
# case: T1105-python-http-server-and-wget
# technique: Tool transfer: own web server gives a file to a client
# source: redcanaryco/atomic-red-team T1105-27; T1048.003-3 Python3 http.server
# needs: sh
# expect: net file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
echo tool > "$W/t"; if command -v python3 >/dev/null; then (cd "$W" && exec python3 -m http.server 28123 --bind 127.0.0.1) >/dev/null 2>&1 & else httpd -f -p 127.0.0.1:28123 -h "$W" & fi; S=$!; sleep 1; (curl -s -o "$W/o" http://127.0.0.1:28123/t || wget -q -O "$W/o" http://127.0.0.1:28123/t) 2>/dev/null; kill $S; wait 2>/dev/null; true
exit 0
