#!/bin/sh
# case: B-window-signal
# technique: Signal without consequence sent by the engine
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
"$D" kill --signal WINCH "$TARGET" >/dev/null; true
exit 0
