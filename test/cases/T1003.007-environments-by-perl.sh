#!/bin/sh
# case: T1003.007-environments-by-perl
# technique: Environments of all processes read by an interpreter
# source: falcosecurity/event-generator syscall.ReadEnvironmentVariableFromProcFiles
# needs: perl
# expect: cred file recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -e 'for (glob "/proc/[0-9]*") { open(my $f,"<","$_/environ") or next; local $/; my $e=<$f> }'
exit 0
