#!/bin/sh
# case: T1505.003-cgi-script
# technique: A script behind a small web server
# source: MITRE ATT&CK T1505.003; busybox httpd as web shell
# needs: httpd wget
# expect: net exec persistence
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
mkdir "$W/cgi-bin"; printf '#!/bin/sh\necho Content-type: text/plain\necho\nid\n' > "$W/cgi-bin/q"; chmod 755 "$W/cgi-bin/q"
httpd -f -p 127.0.0.1:23232 -h "$W" & P=$!; sleep 1; wget -q -O /dev/null http://127.0.0.1:23232/cgi-bin/q; kill $P 2>/dev/null; true
exit 0
