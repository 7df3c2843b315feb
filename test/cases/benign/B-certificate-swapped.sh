#!/bin/sh
# case: B-certificate-swapped
# technique: A new certificate and key moved into place with narrow rights
# source: operations practice
# needs: mv chmod
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chmod mv
umask 077; printf -- '-----BEGIN CERTIFICATE-----\ndecoy\n-----END CERTIFICATE-----\n' > "$W/tls.crt"; printf 'decoy key\n' > "$W/tls.key"
i=0; while [ $i -lt 2 ]; do cp "$W/tls.crt" "$W/tls.crt.new"; cp "$W/tls.key" "$W/tls.key.new"; chmod 640 "$W/tls.key.new"; cmp -s "$W/tls.crt" "$W/tls.crt.new" || exit 1; mv -f "$W/tls.crt.new" "$W/tls.crt"; mv -f "$W/tls.key.new" "$W/tls.key"; i=$((i+1)); done
exit 0
