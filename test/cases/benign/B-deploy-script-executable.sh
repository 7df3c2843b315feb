#!/bin/sh
# case: B-deploy-script-executable
# technique: Start script put in place by the deployment, made executable and run
# source: operations practice
# needs: chmod
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need chmod
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir -p /opt/ho-shop/bin; trap 'rm -rf /opt/ho-shop "$W"' EXIT; printf '#!/bin/sh\necho started > "$1/started"\n' > /opt/ho-shop/bin/start.sh; chmod 755 /opt/ho-shop/bin/start.sh; /opt/ho-shop/bin/start.sh "$W"; cat "$W/started" >/dev/null
exit 0
