#!/bin/sh
# case: T1564.001-three-dots
# technique: Directory named three dots, program run there
# source: redcanaryco/atomic-red-team T1564.001-1; TeamTNT
# needs: mkdir
# expect: exec drift evasion file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf "/var/tmp/..."' EXIT; trap 'exit 1' INT TERM
need mkdir
mkdir -p "/var/tmp/..." || exit 77; printf '#!/bin/sh\n:\n' > "/var/tmp/.../x"; chmod +x "/var/tmp/.../x"; "/var/tmp/.../x"
exit 0
