#!/bin/sh
# case: T1140-decode-hex-run
# technique: Text decoded by a tool and run
# source: redcanaryco/atomic-red-team T1140-5 Hex decoding with shell utilities; redcanaryco/atomic-red-team T1140-7 Linux Base64 Encoded Shebang in CLI
# needs: sh
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
printf 'vq > /qri/ahyy\n' | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh; printf '6964203e2f6465762f6e756c6c0a' | { xxd -r -p 2>/dev/null || cat; } > "$W/x"; true
exit 0
