#!/bin/sh
# case: T1027.002-upx-shape-self-extractor
# technique: Software packing: script with a compressed tail that unpacks and runs itself
# source: redcanaryco/atomic-red-team T1027.002-1 Binary simply packed by UPX (linux)
# needs: gzip tail
# expect: exec drift file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip tail
printf '#!/bin/sh\nid >/dev/null\n' | gzip -c > "$W/z"; L=3; printf '#!/bin/sh\ntail -n +%s "$0" | gzip -dc > "$0.x"; sh "$0.x"; exit\n' "$L" > "$W/sfx"; cat "$W/z" >> "$W/sfx"; chmod +x "$W/sfx"; "$W/sfx"
exit 0
