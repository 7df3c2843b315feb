#!/bin/sh
# case: T1546.016-package-script
# technique: Hook of the package manager written
# source: redcanaryco/atomic-red-team T1546.016-2 (apt hook); falcosecurity/event-generator syscall.WriteBelowRpmDatabase
# needs: sh
# expect: persistence file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
[ -d /etc/apt/apt.conf.d ] || exit 77; trap 'rm -f /etc/apt/apt.conf.d/99ho /var/lib/dpkg/info/ho.postinst' EXIT
echo '// decoy' > /etc/apt/apt.conf.d/99ho; printf '#!/bin/sh\n' > /var/lib/dpkg/info/ho.postinst
exit 0
