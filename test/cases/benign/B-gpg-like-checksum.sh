#!/bin/sh
# case: B-gpg-like-checksum
# technique: Download verified by checksum before it is used
# source: operations practice
# needs: sha256sum cp
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sha256sum cp
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
head -c 50000 /dev/urandom > "$W/pkg.tgz"; ( cd "$W" && sha256sum pkg.tgz > pkg.tgz.sha256 && sha256sum -c pkg.tgz.sha256 ) >/dev/null && cp "$W/pkg.tgz" "$W/pkg.ok"
exit 0
