#!/bin/sh
# case: T1027.009-payload-in-script
# technique: Script that carries and unpacks its program
# source: makeself-style droppers; redcanaryco/atomic-red-team T1027.002
# needs: gzip tail
# expect: exec drift evasion
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need gzip tail
ho_bin "$W/p"; { printf '#!/bin/sh\ntail -n +4 "$0" | gzip -dc > "%s/.u"; chmod 755 "%s/.u"; "%s/.u" %s 0\nexit 0\n' "$W" "$W" "$W" "${HO_ARG:-}"; gzip -c "$W/p"; } > "$W/s.run"; sh "$W/s.run" 2>/dev/null; true
exit 0
