#!/bin/sh
# case: B-temp-upload
# technique: Multipart upload: parts in temporary files, joined, moved into place
# source: operations practice
# needs: mktemp mv chmod
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mktemp mv chmod
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/uploads"; for k in 0 1 2 3; do T=$(mktemp "$W/part.XXXXXX"); head -c 40000 /dev/urandom > "$T"; mv "$T" "$W/part.$k"; done
cat "$W"/part.0 "$W"/part.1 "$W"/part.2 "$W"/part.3 > "$W/uploads/.incoming"; chmod 644 "$W/uploads/.incoming"; mv "$W/uploads/.incoming" "$W/uploads/photo.jpg"
exit 0
