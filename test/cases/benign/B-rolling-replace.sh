#!/bin/sh
# case: B-rolling-replace
# technique: Container of a service replaced by a new one of the same image
# source: operations practice
# needs: docker
# expect: lifecycle
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
I=$("$D" inspect -f '{{.Config.Image}}' "$TARGET") || exit 77; N="ho-new-$$"; "$D" run -d --name "$N" "$I" sleep 30 >/dev/null; sleep 3; "$D" stop -t 1 "$N" >/dev/null; "$D" rm "$N" >/dev/null
exit 0
