#!/bin/sh
# case: B-postgres-dumped
# technique: Database dumped inside its container, checked, copied out
# source: operations practice
# needs: docker
# expect: exec file
# where: host
# image: debian
# in: postgres
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec -e PGHOST=127.0.0.1 "$TARGET" pg_dump -Fc -f /tmp/ho.dump postgres && "$D" exec "$TARGET" pg_restore -l /tmp/ho.dump >/dev/null; T=$(mktemp -d); "$D" cp "$TARGET:/tmp/ho.dump" "$T/" >/dev/null; "$D" exec "$TARGET" rm /tmp/ho.dump; rm -rf "$T"
exit 0
