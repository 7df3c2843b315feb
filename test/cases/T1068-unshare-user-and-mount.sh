#!/bin/sh
# case: T1068-unshare-user-and-mount
# technique: New user and mount namespaces asked for
# source: falcosecurity/rules Change namespace privileges via unshare; aquasecurity/tracee
# needs: unshare
# expect: priv escape
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need unshare; unshare -Ur id >/dev/null 2>&1; unshare -m true >/dev/null 2>&1; true
exit 0
