#!/bin/sh
# case: T1059.006-perl-unpack-eval
# technique: Perl that unpacks and runs text
# source: TeamTNT and ShellBot (perl IRC bot)
# needs: perl
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -e 'eval pack("H*","73797374656d28226964203e2f6465762f6e756c6c2229")'
exit 0
