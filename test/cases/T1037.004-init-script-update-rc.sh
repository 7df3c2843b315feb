#!/bin/sh
# case: T1037.004-init-script-update-rc
# technique: Init script dropped and enabled
# source: redcanaryco/atomic-red-team T1037.004; Gates backdoor
# needs: update-rc.d
# expect: file persistence exec
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/init.d/ho-x' EXIT; trap 'exit 1' INT TERM
need update-rc.d
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
printf '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: ho-x\n# Default-Start: 2\n# Default-Stop:\n# Required-Start:\n# Required-Stop:\n### END INIT INFO\n' > /etc/init.d/ho-x || exit 77
chmod 755 /etc/init.d/ho-x; update-rc.d ho-x defaults >/dev/null 2>&1; rm -f /etc/init.d/ho-x; update-rc.d ho-x remove >/dev/null 2>&1; rm -f /etc/rc?.d/*ho-x; true
exit 0
