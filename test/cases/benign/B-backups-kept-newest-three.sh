#!/bin/sh
# case: B-backups-kept-newest-three
# technique: New backup below /var/backups, the oldest removed
# source: operations practice
# needs: tar ls rm
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
need tar ls rm
[ -d /var/backups ] || { mkdir /var/backups || exit 77; N=1; }
mkdir "$W/data"; echo x > "$W/data/a"; for d in 01 02 03 04 05; do tar czf /var/backups/ho-202611$d.tgz -C "$W" data; done
ls -1 /var/backups/ho-2026*.tgz | sort -r | tail -n +4 | while read -r f; do rm -f "$f"; done; [ "$(ls /var/backups/ho-2026*.tgz | wc -l)" -eq 3 ] || exit 1
for f in /var/backups/ho-2026*.tgz; do rm -f "$f"; done; [ -z "${N:-}" ] || rmdir /var/backups
exit 0
