#!/bin/sh
# case: T1105-wget-to-usr-local-bin
# technique: Program fetched into a directory on the path
# source: redcanaryco/atomic-red-team T1105
# needs: wget nc
# expect: net file drift persistence
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need wget nc
P=$((20000 + $$ % 20000)); trap 'rm -f /bin/ho-tool; rm -rf "$W"' EXIT; [ -w /bin ] || exit 77
printf 'HTTP/1.0 200 OK\r\nContent-Length: 24\r\n\r\n#!/bin/sh\nid >/dev/null\n' > "$W/r"; nc -l -s 127.0.0.1 -p $P < "$W/r" >/dev/null & L=$!; sleep 1
wget -q -T 3 -O /bin/ho-tool "http://127.0.0.1:$P/t"; chmod +x /bin/ho-tool; /bin/ho-tool; kill $L 2>/dev/null; true
exit 0
