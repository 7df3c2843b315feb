#!/bin/sh
# case: T1068-glibc-tunables
# technique: Loader fed through the environment
# source: falcosecurity/event-generator syscall.PotentialLocalPrivilegeEscalationViaEnvironmentVariablesMisuse
# needs: su
# expect: priv exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need su
GLIBC_TUNABLES=glibc.malloc.mxfast=glibc.malloc.mxfast=A su --help >/dev/null 2>&1; true
exit 0
