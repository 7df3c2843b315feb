#!/bin/sh
# case: T1552.005-gcp-azure-metadata
# technique: Instance metadata: GCP name and Azure header
# source: stratus-red-team; redcanaryco/atomic-red-team T1552.005
# needs: curl
# expect: cred net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
(curl -s -m 1 -H 'Metadata-Flavor: Google' http://metadata.google.internal/computeMetadata/v1/; curl -s -m 1 -H Metadata:true 'http://169.254.169.254/metadata/instance?api-version=2021-02-01'; curl -s -m 1 -X PUT http://169.254.169.254/latest/api/token) >/dev/null 2>&1; true
exit 0
