#!/bin/sh
# case: B-operator-session
# technique: Operator has a shell: looks, compares, asks the own service
# source: operations practice
# needs: docker
# expect: exec recon
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec -i "$TARGET" sh >/dev/null 2>&1 <<'X'
date; uptime; ps; df -h; ls -la /tmp /srv /var/log; env | sort; cat /etc/hosts /etc/resolv.conf; du -sh /var/log; tail -n 5 /var/log/*.log; true
X
true
exit 0
