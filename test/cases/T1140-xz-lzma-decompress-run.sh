#!/bin/sh
# case: T1140-xz-lzma-decompress-run
# technique: Deobfuscate: bzip2 or xz stream into a shell
# source: Kinsing; xz backdoor shape
# needs: gzip
# expect: exec evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip
printf 'id >/dev/null\n' > "$W/s"; (bzip2 -c "$W/s" | bzip2 -dc | sh || gzip -c "$W/s" | zcat | sh) 2>/dev/null; true
exit 0
