#!/bin/sh
# case: B-log-upload-gz
# technique: Log shipper sends a compressed batch
# source: operations practice
# needs: curl gzip
# expect: net exec file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl gzip
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
S=${HO_SINK:-}; [ -n "$S" ] || exit 77; k=0; while [ $k -lt 500 ]; do echo "{\"n\":$k}"; k=$((k+1)); done | gzip > "$W/batch.gz"; curl -s -m 8 -H 'Content-Encoding: gzip' --data-binary "@$W/batch.gz" "http://$S/ingest" >/dev/null
exit 0
