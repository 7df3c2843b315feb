#!/bin/sh
# case: T1505-nginx-include-dropped
# technique: Server block dropped for nginx
# source: ATT&CK T1505
# needs: sh
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/nginx/conf.d/ho.conf' EXIT; trap 'exit 1' INT TERM
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
D=/etc/nginx/conf.d; mkdir -p $D 2>/dev/null || exit 77; echo '# ho' > $D/ho.conf; rm -f $D/ho.conf
exit 0
