#!/bin/sh
# case: T1059.006-perl-fork-daemon
# technique: Perl: script written in /tmp and detached with setsid
# source: IRC bot kits (ShellBot)
# needs: perl
# expect: exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need perl
printf 'use POSIX;POSIX::setsid();$0="-bash";sleep 2;' > "$W/.x.pl"; perl "$W/.x.pl" >/dev/null 2>&1 & sleep 3; wait; true
exit 0
