#!/bin/sh
# case: T1027-gzip-packed-script
# technique: Script unpacked from gzip into a shell
# source: redcanaryco/atomic-red-team T1027-1; redcanaryco/atomic-red-team T1140-6 Hex decoding
# needs: gzip sh
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
need gzip; printf 'id >/dev/null\nhostname >/dev/null\n' | gzip -c > "$W/p.gz"; gzip -dc "$W/p.gz" | sh
exit 0
