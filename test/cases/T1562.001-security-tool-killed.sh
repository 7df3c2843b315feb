#!/bin/sh
# case: T1562.001-security-tool-killed
# technique: Process named like a security tool killed
# source: redcanaryco/atomic-red-team T1562.001-7 (stop auditd); microsoft/Threat-Matrix-for-Kubernetes
# needs: sh
# expect: evasion exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
sh -c 'sleep 5' falco & P=$!; sleep 1; pkill -f falco 2>/dev/null || killall falco 2>/dev/null; (systemctl stop falco; service auditd stop) >/dev/null 2>&1; kill -9 "$P" 2>/dev/null; wait "$P" 2>/dev/null; true
exit 0
