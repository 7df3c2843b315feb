#!/bin/sh
# case: T1554-usr-local-sbin-link
# technique: Host software: link in /usr/local/bin that goes before
# source: falcosecurity/event-generator syscall.CreateSymlinkOverSensitiveFiles
# needs: sh
# expect: drift file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /usr/local/bin/ls /usr/local/sbin/ps; [ -z "${R:-}" ] || rm -rf /usr/local' EXIT; trap 'exit 1' INT TERM
[ -d /usr/local ] || R=1; mkdir -p /usr/local/bin /usr/local/sbin || exit 77; [ -e /usr/local/bin/ls ] && exit 77; ln -s "$(command -v ls)" /usr/local/bin/ls; ln -s "$(command -v ps || echo /bin/true)" /usr/local/sbin/ps
exit 0
