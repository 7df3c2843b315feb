#!/bin/sh
# case: B-copy-keeps-times
# technique: Configuration kept beside the original before a change, with its times
# source: operations practice
# needs: cp
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cp
if [ -d /etc/nginx ]; then cp -a /etc/nginx "$W/nginx.before"; cp -p /etc/nginx/nginx.conf "$W/nginx.conf.orig"; else cp -p /etc/group "$W/group.before"; fi; ls -la "$W" >/dev/null
exit 0
