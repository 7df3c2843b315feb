#!/bin/sh
# case: T1222-chattr-and-fat
# technique: Attributes of system files changed
# source: redcanaryco/atomic-red-team T1222.002-7
# needs: chgrp
# expect: file priv exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chgrp
cp /etc/passwd "$W/p"; chgrp 65534 "$W/p" 2>/dev/null; chmod 7777 "$W/p"; chown 65534:65534 "$W/p" 2>/dev/null; true
exit 0
