#!/bin/sh
# case: B-docker-cp-config-in
# technique: New configuration copied into the container with docker cp and reloaded
# source: operations practice
# needs: docker
# expect: file exec
# where: host
# image: debian
# caps: none
# seen: -
# in: nginx
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
T=$(mktemp -d); echo 'server_tokens off;' > "$T/ho-tokens.conf"; "$D" cp "$T/ho-tokens.conf" "$TARGET:/etc/nginx/conf.d/ho-tokens.conf" 2>/dev/null >&2; "$D" exec "$TARGET" nginx -s reload; sleep 1; "$D" exec "$TARGET" rm /etc/nginx/conf.d/ho-tokens.conf; rm -rf "$T"
exit 0
