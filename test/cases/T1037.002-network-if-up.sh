#!/bin/sh
# case: T1037.002-network-if-up
# technique: Boot scripts: if-up.d and dhclient hook
# source: PANIX if-up; elastic Network script hooks
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/network/if-up.d/ho /etc/NetworkManager/dispatcher.d/ho; rmdir /etc/network/if-up.d /etc/network /etc/NetworkManager/dispatcher.d /etc/NetworkManager 2>/dev/null' EXIT; trap 'exit 1' INT TERM
for d in /etc/network/if-up.d /etc/NetworkManager/dispatcher.d; do mkdir -p $d 2>/dev/null || exit 77; printf '#!/bin/sh\n' > $d/ho; chmod 755 $d/ho; done
exit 0
