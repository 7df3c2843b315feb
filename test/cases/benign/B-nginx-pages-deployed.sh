#!/bin/sh
# case: B-nginx-pages-deployed
# technique: New pages copied into the document root
# source: operations practice
# needs: docker
# expect: file
# where: host
# image: debian
# in: nginx
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
T=$(mktemp -d); mkdir "$T/ho"; for i in 1 2 3; do echo "<p>page $i" > "$T/ho/p$i.html"; done; "$D" cp "$T/ho" "$TARGET:/var/www/html/" >/dev/null; "$D" exec "$TARGET" curl -sf -o /dev/null http://127.0.0.1/ho/p1.html; "$D" exec "$TARGET" rm -r /var/www/html/ho; rm -rf "$T"
exit 0
