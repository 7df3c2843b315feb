#!/bin/sh
# case: T1518.001-agents-grep
# technique: Security software: names of agents looked for
# source: redcanaryco/atomic-red-team T1518.001-4 Security Software Discovery - ps (Linux)
# needs: sh
# expect: recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(ps aux || ps) 2>/dev/null | grep -E 'falco|auditd|aliyun|clamd|crowdstrike|falcon-sensor|wazuh|tetragon|osqueryd' >/dev/null; ls /opt/CrowdStrike /var/ossec /etc/falco /etc/audit /usr/local/aegis >/dev/null 2>&1; pgrep -f 'falco|auditd' >/dev/null 2>&1; true
exit 0
