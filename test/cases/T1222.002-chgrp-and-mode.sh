#!/bin/sh
# case: T1222.002-chgrp-and-mode
# technique: Group and mode of a decoy changed
# source: redcanaryco/atomic-red-team T1222.002
# needs: chgrp
# expect: file evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chgrp
mkdir "$W/d"; echo x > "$W/d/f"; chgrp -R nogroup "$W/d" 2>/dev/null; chmod -R a+rwX "$W/d"
exit 0
