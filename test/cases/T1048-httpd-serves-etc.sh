#!/bin/sh
# case: T1048-httpd-serves-etc
# technique: Directory of the system served by the small web server of busybox
# source: busybox httpd as exfiltration channel
# needs: httpd wget
# expect: net file exec
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need httpd wget
P=$((20000 + $$ % 20000)); httpd -f -p 127.0.0.1:$P -h /etc & L=$!; sleep 1
wget -q -T 3 -O "$W/got" "http://127.0.0.1:$P/passwd"; kill "$L"; wait 2>/dev/null; true
exit 0
