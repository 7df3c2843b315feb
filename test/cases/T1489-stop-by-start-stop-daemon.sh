#!/bin/sh
# case: T1489-stop-by-start-stop-daemon
# technique: Service stopped with the tool of the distribution
# source: redcanaryco/atomic-red-team T1489 (linux)
# needs: start-stop-daemon
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
ho_bin() { # dest name : a copy of a harmless real binary under that path, run as: $dest (sleeps 0)
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need start-stop-daemon
ho_bin "$W/worker"; "$W/worker" $HO_ARG 30 & R=$!; echo $R > "$W/pid"; sleep 0.3; start-stop-daemon --stop --quiet --pidfile "$W/pid" 2>/dev/null; wait $R 2>/dev/null; true
exit 0
