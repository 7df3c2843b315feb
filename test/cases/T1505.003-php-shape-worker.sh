#!/bin/sh
# case: T1505.003-php-shape-worker
# technique: Web shell: CGI started by httpd answers a command
# source: redcanaryco/atomic-red-team T1505.003; weevely
# needs: httpd wget
# expect: exec net file
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
mkdir -p "$W/cgi-bin"; printf '#!/bin/sh\nprintf "\\r\\n"; id\n' > "$W/cgi-bin/s.sh"; chmod 755 "$W/cgi-bin/s.sh"; httpd -f -p 127.0.0.1:28181 -h "$W" & S=$!; sleep 1; wget -q -O /dev/null http://127.0.0.1:28181/cgi-bin/s.sh; kill $S; wait 2>/dev/null; true
exit 0
