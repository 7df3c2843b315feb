#!/bin/sh
# case: T1068-pkexec-shape
# technique: Exploitation: GCONV_PATH and CHARSET in an environment for a setuid program
# source: CVE-2021-4034 pwnkit; falcosecurity/event-generator syscall.PotentialLocalPrivilegeEscalationViaEnvironmentVariablesMisuse
# needs: sh
# expect: priv exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
mkdir "$W/GCONV_PATH=."; : > "$W/GCONV_PATH=./ho"; mkdir "$W/ho"; echo 'module UTF-8// HO// ho 2' > "$W/ho/gconv-modules"; U=$(command -v su || command -v passwd || echo /bin/true)
env -i 'GCONV_PATH=.' 'CHARSET=HO' 'SHELL=/ho' 'PATH=GCONV_PATH=.' "$U" --help >/dev/null 2>&1; true
exit 0
