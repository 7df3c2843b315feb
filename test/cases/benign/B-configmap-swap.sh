#!/bin/sh
# case: B-configmap-swap
# technique: Mounted configuration swapped as the kubelet does it
# source: operations practice
# needs: ln mv date
# expect: file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need ln mv date
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
t=$(date +%Y_%m_%d_%H_%M_%S); mkdir "$W/..$t.1234"; echo 'level=info' > "$W/..$t.1234/app.properties"; ln -s "..$t.1234" "$W/..data_tmp"; mv "$W/..data_tmp" "$W/..data"; ln -s ..data/app.properties "$W/app.properties"; cat "$W/app.properties" >/dev/null
exit 0
