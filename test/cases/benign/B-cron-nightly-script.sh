#!/bin/sh
# case: B-cron-nightly-script
# technique: Nightly job: a script below /tmp made by the deployment and run by sh
# source: operations practice
# needs: date wc
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need date wc
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
printf '#!/bin/sh\nset -e\ncd "$1"\ndate > started\nfor k in 1 2 3; do echo "report $k" > "report-$k.csv"; done\nwc -l report-*.csv > totals\n' > "$W/nightly.sh"
sh "$W/nightly.sh" "$W"; cat "$W/totals" >/dev/null
exit 0
