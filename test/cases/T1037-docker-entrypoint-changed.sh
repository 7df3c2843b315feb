#!/bin/sh
# case: T1037-docker-entrypoint-changed
# technique: Entry point script of the image changed
# source: ATT&CK T1037; T1525
# needs: sh
# expect: file persistence
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /docker-entrypoint.sh' EXIT; trap 'exit 1' INT TERM
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
[ -e /docker-entrypoint.sh ] && exit 77; printf '#!/bin/sh\nexec "$@"\n' > /docker-entrypoint.sh || exit 77; echo '# ho' >> /docker-entrypoint.sh
exit 0
