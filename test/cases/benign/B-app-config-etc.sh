#!/bin/sh
# case: B-app-config-etc
# technique: Configuration of an application below /etc written by its entry point
# source: operations practice
# needs: sed chmod
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed chmod
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
trap 'rm -rf /etc/ho-app "$W"' EXIT; mkdir -p /etc/ho-app; printf 'workers=4\n' > /etc/ho-app/app.conf; sed -i 's/4/8/' /etc/ho-app/app.conf; chmod 640 /etc/ho-app/app.conf; cat /etc/ho-app/app.conf >/dev/null
exit 0
