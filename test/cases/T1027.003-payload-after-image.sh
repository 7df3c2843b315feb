#!/bin/sh
# case: T1027.003-payload-after-image
# technique: Steganography: script taken from the end of a picture
# source: redcanaryco/atomic-red-team T1027.003; Watchbog
# needs: sh
# expect: exec evasion file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
{ printf '\211PNG\r\n'; head -c 512 /dev/urandom; printf '\n#PAY\nid >/dev/null\n'; } > "$W/logo.png"; sed -n '/^#PAY/,$p' "$W/logo.png" | sh
exit 0
