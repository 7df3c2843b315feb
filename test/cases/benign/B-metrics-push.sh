#!/bin/sh
# case: B-metrics-push
# technique: Metrics pushed to the local gateway
# source: operations practice
# needs: curl
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need curl; S=${HO_SINK:-}; [ -n "$S" ] || exit 77
printf '# TYPE job_last_success gauge\njob_last_success %s\n' "$(date +%s)" > "$W/m.prom"; for k in 1 2 3; do curl -s -m 5 --data-binary "@$W/m.prom" "http://$S/metrics/job/nightly" >/dev/null; done
exit 0
