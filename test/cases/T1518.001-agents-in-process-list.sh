#!/bin/sh
# case: T1518.001-agents-in-process-list
# technique: Security agents searched among the processes
# source: redcanaryco/atomic-red-team T1518.001-4
# needs: pgrep
# expect: recon exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need pgrep
pgrep -lf 'falco|tetragon|sysdig|auditd|clamd|wazuh' >/dev/null; ls /etc/falco /opt/CrowdStrike /var/ossec >/dev/null 2>&1; true
exit 0
