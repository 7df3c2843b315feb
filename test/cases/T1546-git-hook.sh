#!/bin/sh
# case: T1546-git-hook
# technique: Hook dropped into a repository
# source: elastic/detection-rules Git Hook Created or Modified
# needs: chmod
# expect: persistence file drift
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chmod
mkdir -p "$W/r/.git/hooks"; printf '#!/bin/sh\ntrue\n' > "$W/r/.git/hooks/post-commit"; chmod 755 "$W/r/.git/hooks/post-commit"; "$W/r/.git/hooks/post-commit"; true
exit 0
