#!/bin/sh
# case: T1059.004-tar-checkpoint
# technique: Shell started by an option of tar
# source: GTFOBins tar; redcanaryco/atomic-red-team T1059.004-17 / Shell escapes
# needs: tar
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need tar
tar cf /dev/null /etc/hostname --checkpoint=1 --checkpoint-action=exec='sh -c id' >/dev/null 2>&1; true
exit 0
