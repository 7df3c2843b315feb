#!/bin/sh
# case: B-exec-interactive-shell
# technique: On-call opens a shell in the container and looks around
# source: operations practice
# needs: docker
# expect: exec recon
# where: host
# image: debian
# caps: none
# seen: -
# in: nginx
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
printf 'pwd\nls -la\nps aux\ncat /etc/hosts\nexit\n' | "$D" exec -i "$TARGET" sh >/dev/null 2>&1; true
exit 0
