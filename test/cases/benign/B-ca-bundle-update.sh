#!/bin/sh
# case: B-ca-bundle-update
# technique: Own certificate authority added to a bundle for the application
# source: operations practice
# needs: base64 chmod mv grep
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need base64 chmod mv grep
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/ssl"; { cat /etc/ssl/certs/ca-certificates.crt 2>/dev/null; echo '-----BEGIN CERTIFICATE-----'; head -c 900 /dev/urandom | base64; echo '-----END CERTIFICATE-----'; } > "$W/ssl/bundle.pem.new"; chmod 644 "$W/ssl/bundle.pem.new"; mv "$W/ssl/bundle.pem.new" "$W/ssl/bundle.pem"; grep -c BEGIN "$W/ssl/bundle.pem" >/dev/null
exit 0
