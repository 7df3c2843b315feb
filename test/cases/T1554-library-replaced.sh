#!/bin/sh
# case: T1554-library-replaced
# technique: Library put in place under the name of another
# source: aquasecurity/tracee default_loader_modification; redcanaryco/atomic-red-team T1554
# needs: cp
# expect: persistence file drift
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
D=/usr/lib; [ -d $D ] || { mkdir $D 2>/dev/null || exit 77; N=1; }; trap 'rm -f /usr/lib/libho.so; [ -n "${N:-}" ] && rmdir /usr/lib; cd / && rm -rf "$W"' EXIT
head -c 4096 /dev/zero > "$W/libho.so"; mv "$W/libho.so" $D/libho.so
exit 0
