#!/bin/sh
# case: B-nginx-certificate-renewed
# technique: Renewed certificate and key copied in, narrowed, loaded
# source: operations practice
# needs: docker
# expect: file exec
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
T=$(mktemp -d); printf -- '-----BEGIN CERTIFICATE-----\ndecoy\n' > "$T/site.crt"; printf 'decoy\n' > "$T/site.key"; "$D" exec "$TARGET" mkdir -p /etc/nginx/tls; "$D" cp "$T/site.crt" "$TARGET:/etc/nginx/tls/site.crt" >/dev/null; "$D" cp "$T/site.key" "$TARGET:/etc/nginx/tls/site.key" >/dev/null
"$D" exec "$TARGET" chmod 600 /etc/nginx/tls/site.key; "$D" exec "$TARGET" nginx -s reload 2>/dev/null; "$D" exec "$TARGET" rm -r /etc/nginx/tls; rm -rf "$T"
exit 0
