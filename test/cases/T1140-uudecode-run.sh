#!/bin/sh
# case: T1140-uudecode-run
# technique: Deobfuscate: uuencoded script decoded and run
# source: redcanaryco/atomic-red-team T1140-7 Linux Base64 Encoded Shebang in CLI
# needs: uuencode uudecode
# expect: exec evasion file
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need uuencode uudecode
printf 'begin 755 -\n' > "$W/u"; printf '#!/bin/sh\nid\n' > "$W/s"; uuencode "$W/s" "$W/d" > "$W/u"; uudecode -o "$W/d" "$W/u" && sh "$W/d" >/dev/null
exit 0
