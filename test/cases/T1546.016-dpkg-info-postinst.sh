#!/bin/sh
# case: T1546.016-dpkg-info-postinst
# technique: Installer packages: maintainer script changed in /var/lib/dpkg/info
# source: PANIX dpkg_package; elastic DPKG Package Installed by Unusual Parent
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/lib/dpkg/info/ho.postinst; rmdir /var/lib/dpkg/info /var/lib/dpkg 2>/dev/null' EXIT; trap 'exit 1' INT TERM
mkdir -p /var/lib/dpkg/info 2>/dev/null || exit 77; printf '#!/bin/sh\n:\n' > /var/lib/dpkg/info/ho.postinst; chmod 755 /var/lib/dpkg/info/ho.postinst; true
exit 0
