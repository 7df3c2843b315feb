#!/bin/sh
# case: B-job-script-replaced
# technique: Script of a nightly job replaced by a newer one and run
# source: operations practice
# needs: mv
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
need mv
echo 'echo old > "$1"' > "$W/nightly.sh"; sh "$W/nightly.sh" "$W/out"; echo 'echo new > "$1"' > "$W/nightly.sh.new"; mv "$W/nightly.sh.new" "$W/nightly.sh"; sh "$W/nightly.sh" "$W/out"; grep -q new "$W/out"
exit 0
