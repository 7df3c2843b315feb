#!/bin/sh
# case: T1491-index-overwritten
# technique: Defacement: start page overwritten
# source: redcanaryco/atomic-red-team T1491
# needs: sh
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap '[ -z "${R:-}" ] || rm -rf /var/www; [ -e "$W/k" ] && cp "$W/k" /var/www/html/index.html; [ -e "$W/k" ] || rm -f /var/www/html/index.html; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -d /var/www/html ] || { mkdir -p /var/www/html || exit 77; R=1; }; [ -e /var/www/html/index.html ] && cp -p /var/www/html/index.html "$W/k"; echo '<h1>hacked</h1>' > /var/www/html/index.html; : "$W"
exit 0
