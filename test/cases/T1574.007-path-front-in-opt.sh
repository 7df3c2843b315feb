#!/bin/sh
# case: T1574.007-path-front-in-opt
# technique: Directory put in front of the path with a false tool
# source: redcanaryco/atomic-red-team T1574.007; ATT&CK T1574.007
# needs: chmod
# expect: exec drift evasion file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chmod
mkdir "$W/b"; printf '#!/bin/sh\nexec /bin/date "$@"\n' > "$W/b/date"; chmod +x "$W/b/date"; PATH=$W/b:$PATH; date >/dev/null
exit 0
