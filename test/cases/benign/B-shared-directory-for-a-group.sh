#!/bin/sh
# case: B-shared-directory-for-a-group
# technique: Directory in which new files keep its group
# source: operations practice
# needs: chmod mkdir
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
need chmod mkdir
mkdir "$W/shared" "$W/spool"; chmod 2775 "$W/shared"; chmod 1777 "$W/spool"; echo x > "$W/shared/a"; test -g "$W/shared"
exit 0
