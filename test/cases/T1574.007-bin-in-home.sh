#!/bin/sh
# case: T1574.007-bin-in-home
# technique: False tool in ~/bin
# source: redcanaryco/atomic-red-team T1574.007
# needs: chmod
# expect: file drift evasion
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /root/bin' EXIT; trap 'exit 1' INT TERM
need chmod
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
mkdir -p /root/bin && printf '#!/bin/sh\n:\n' > /root/bin/ls && chmod +x /root/bin/ls || exit 77; PATH=/root/bin:$PATH ls
exit 0
