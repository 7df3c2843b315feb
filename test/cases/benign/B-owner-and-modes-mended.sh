#!/bin/sh
# case: B-owner-and-modes-mended
# technique: Owner and modes of uploads mended after a restore as root
# source: operations practice
# needs: chown chmod find
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need chown chmod find
mkdir -p "$W/uploads/2026/11"; for i in 1 2 3; do echo x > "$W/uploads/2026/11/f$i.png"; done
chown -R 33:33 "$W/uploads" 2>/dev/null; find "$W/uploads" -type d -exec chmod 755 {} +; find "$W/uploads" -type f -exec chmod 644 {} +; chmod -R u=rwX,g=rX,o= "$W/uploads"
exit 0
