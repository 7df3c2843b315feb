#!/bin/sh
# case: B-hook-script-tmp
# technique: Hook of a job: script below /tmp made executable and run
# source: operations practice
# needs: chmod date
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chmod date
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf '#!/bin/sh\ndate > "$1/ran"\n' > "$W/post-hook.sh"; chmod +x "$W/post-hook.sh"; "$W/post-hook.sh" "$W"; cat "$W/ran" >/dev/null
exit 0
