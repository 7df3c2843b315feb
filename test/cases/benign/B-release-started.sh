#!/bin/sh
# case: B-release-started
# technique: Release unpacked, link switched, its start script run
# source: operations practice
# needs: tar ln
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
need tar ln
mkdir -p "$W/build/bin" "$W/releases/7"; printf '#!/bin/sh\necho started > "$1"\n' > "$W/build/bin/start.sh"; echo 7 > "$W/build/VERSION"
tar cf "$W/app-7.tar" -C "$W/build" .; tar xf "$W/app-7.tar" -C "$W/releases/7"; ln -sfn releases/7 "$W/current"
sh "$W/current/bin/start.sh" "$W/state"; test -s "$W/state"
exit 0
