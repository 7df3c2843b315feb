#!/bin/sh
# case: T1574.007-path-with-dot
# technique: Path interception: program in . found before the real one
# source: redcanaryco/atomic-red-team T1574; HackTricks PATH
# needs: sh
# expect: exec drift
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf '#!/bin/sh\nid >/dev/null\n' > "$W/curl"; chmod 755 "$W/curl"; cd "$W"; PATH=.:$PATH; export PATH; sh -c 'curl -V'; true
exit 0
