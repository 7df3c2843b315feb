#!/bin/sh
# case: B-node-released
# technique: New source copied in, service restarted
# source: operations practice
# needs: docker
# expect: file lifecycle
# where: host
# image: debian
# in: node
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
T=$(mktemp -d); "$D" cp "$TARGET:/srv/app/server.js" "$T/" >/dev/null; echo '// release 2' >> "$T/server.js"; "$D" cp "$T/server.js" "$TARGET:/srv/app/server.js" >/dev/null; "$D" restart -t 5 "$TARGET" >/dev/null; sleep 5; rm -rf "$T"
exit 0
