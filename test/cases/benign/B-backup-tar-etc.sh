#!/bin/sh
# case: B-backup-tar-etc
# technique: Nightly backup: configuration packed with a checksum, old archives removed
# source: operations practice
# needs: tar gzip sha256sum find du
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tar gzip sha256sum find du
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
B=$W/backup; mkdir "$B"; tar -czf "$B/etc-$(date +%F).tar.gz" -C /etc hosts hostname resolv.conf 2>/dev/null
sha256sum "$B"/*.tar.gz > "$B/SHA256SUMS"; tar -tzf "$B"/etc-*.tar.gz >/dev/null; find "$B" -name '*.tar.gz' -mtime +7 -exec rm -f {} \; ; du -sk "$B" >/dev/null
exit 0
