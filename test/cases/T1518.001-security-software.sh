#!/bin/sh
# case: T1518.001-security-software
# technique: Security software looked for
# source: redcanaryco/atomic-red-team T1518.001-4 Security Software Discovery - ps (Linux)
# needs: grep
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need grep
(ps aux || ps) 2>/dev/null | grep -iE 'falco|auditd|osquery|crowdstrike|cbagentd|sysdig' >/dev/null; ls -d /opt/CrowdStrike /etc/falco /etc/audit >/dev/null 2>&1; true
exit 0
