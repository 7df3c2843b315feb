#!/bin/sh
# case: T1548-setresuid-perl
# technique: Setuid: perl changes its user without sudo
# source: falcosecurity/event-generator syscall.NonSudoSetuid
# needs: perl
# expect: priv
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -e '$>=65534;$<=65534;exit 0'; perl -MPOSIX -e 'POSIX::setgid(33);POSIX::setuid(33);system("id >/dev/null")' 
exit 0
