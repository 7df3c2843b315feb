#!/bin/sh
# case: T1610-logs-and-units-mounted
# technique: Directories of logs and of units of the host mounted
# source: hostPath log and unit mounts
# needs: docker
# expect: escape
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; "$D" create --name ho-log -v /var/log:/host/log -v /etc/systemd/system:/host/units "$I" true >/dev/null; "$D" rm -f ho-log >/dev/null
exit 0
