#!/bin/sh
# case: T1552.005-instance-metadata
# technique: Credentials of the cloud instance asked for
# source: MITRE ATT&CK T1552.005; redcanaryco/atomic-red-team T1552.005; falcosecurity/rules Contact cloud metadata service from container
# needs: wget
# expect: cred net exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
if command -v curl >/dev/null 2>&1; then curl -s -m 1 http://169.254.169.254/latest/meta-data/iam/security-credentials/ >/dev/null; else need wget timeout; timeout 1 wget -q -O /dev/null http://169.254.169.254/latest/meta-data/iam/security-credentials/; fi; true
exit 0
