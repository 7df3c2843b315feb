#!/bin/sh
# case: B-checksum-verified
# technique: A download verified with sha256sum
# source: operations practice
# needs: sha256sum
# expect: exec file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need sha256sum
head -c 50000 /dev/urandom > "$W/pkg"; (cd "$W" && sha256sum pkg > pkg.sha256 && sha256sum -c pkg.sha256) >/dev/null
exit 0
