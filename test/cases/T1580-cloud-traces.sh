#!/bin/sh
# case: T1580-cloud-traces
# technique: Traces of the cloud looked for
# source: peass-ng/PEASS-ng linPEAS cloud section; redcanaryco/atomic-red-team T1580
# needs: cat
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat
cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/hypervisor/uuid /var/lib/cloud/data/instance-id /run/cloud-init/instance-data.json >/dev/null 2>&1; true
exit 0
