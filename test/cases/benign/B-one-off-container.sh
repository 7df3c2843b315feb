#!/bin/sh
# case: B-one-off-container
# technique: One-off task in a container of the same image
# source: operations practice
# needs: docker
# expect: lifecycle exec
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
I=$("$D" inspect -f '{{.Config.Image}}' "$TARGET") || exit 77; "$D" run --rm --name "ho-task-$$" "$I" sh -c 'date; echo migrate; sleep 2' >/dev/null
exit 0
