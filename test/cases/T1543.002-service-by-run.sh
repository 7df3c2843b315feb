#!/bin/sh
# case: T1543.002-service-by-run
# technique: Systemd: unit and generator below /run and /etc
# source: elastic detection-rules Systemd Generator Created
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /run/systemd/ho.d /etc/systemd/system-generators/ho-gen /run/systemd/system/ho.service; rmdir /etc/systemd/system-generators /run/systemd/system 2>/dev/null' EXIT; trap 'exit 1' INT TERM
mkdir -p /run/systemd/system /etc/systemd/system-generators 2>/dev/null || exit 77; printf '[Service]\nExecStart=/bin/true\n' > /run/systemd/system/ho.service; printf '#!/bin/sh\n' > /etc/systemd/system-generators/ho-gen; chmod 755 /etc/systemd/system-generators/ho-gen
exit 0
