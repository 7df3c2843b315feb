#!/bin/sh
# case: T1105-program-copied-in
# technique: Program copied in by docker cp and run
# source: redcanaryco/atomic-red-team T1105; drift
# needs: docker
# expect: exec drift file
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
T=$(mktemp -d); cp "$(command -v busybox || command -v sleep)" "$T/ho-tool"; "$D" cp "$T/ho-tool" "$TARGET:/usr/local/ho-tool" >/dev/null 2>&1 || "$D" cp "$T/ho-tool" "$TARGET:/tmp/ho-tool" >/dev/null; "$D" exec "$TARGET" sh -c 'f=/usr/local/ho-tool; [ -e $f ] || f=/tmp/ho-tool; $f true; rm -f $f' >/dev/null 2>&1; rm -rf "$T"; true
exit 0
