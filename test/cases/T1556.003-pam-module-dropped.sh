#!/bin/sh
# case: T1556.003-pam-module-dropped
# technique: A module of its own beside those of PAM
# source: MITRE ATT&CK T1556.003; aquasecurity/tracee shared object in a system directory
# needs: sh
# expect: persistence file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=$(dirname "$(ls /lib/*/security/pam_permit.so /usr/lib/*/security/pam_permit.so 2>/dev/null | head -1)"); [ -d "$D" ] && [ "$D" != . ] || exit 77
trap 'rm -f "$D/pam_ho.so" "$D/.pam_ho.tmp"' EXIT
printf '\177ELFdecoy' > "$D/.pam_ho.tmp"; mv "$D/.pam_ho.tmp" "$D/pam_ho.so"
exit 0
