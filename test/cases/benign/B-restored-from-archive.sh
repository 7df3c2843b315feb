#!/bin/sh
# case: B-restored-from-archive
# technique: Backup unpacked beside the live data, times and owners restored, compared
# source: operations practice
# needs: tar diff
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
need tar diff
mkdir "$W/live" "$W/restore"; for i in 1 2 3 4 5 6; do echo "row $i" > "$W/live/t$i"; done; sleep 2
tar czf "$W/backup.tgz" -C "$W" live; sleep 2; tar xzpf "$W/backup.tgz" -C "$W/restore"; diff -r "$W/live" "$W/restore/live"
exit 0
