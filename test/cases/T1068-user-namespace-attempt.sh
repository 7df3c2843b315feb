#!/bin/sh
# case: T1068-user-namespace-attempt
# technique: User and mount namespace made
# source: falcosecurity/event-generator syscall.ChangeNamespacePrivilegesViaUnshare; CVE-2022-0185 first step
# needs: unshare
# expect: priv escape
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need unshare
unshare -U -m true >/dev/null 2>&1; unshare -n true >/dev/null 2>&1; true
exit 0
