#!/bin/sh
# case: B-release-hook-run
# technique: Executable hook of a new release run after the switch
# source: operations practice
# needs: chmod ln
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chmod ln
mkdir -p "$W/releases/8/hooks"; printf '#!/bin/sh\nset -e\ncd "$(dirname "$0")/.."\necho done > migrated\n' > "$W/releases/8/hooks/after-switch"; chmod 755 "$W/releases/8/hooks/after-switch"
ln -sfn releases/8 "$W/current"; "$W/current/hooks/after-switch"; test -s "$W/releases/8/migrated"
exit 0
