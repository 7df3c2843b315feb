#!/bin/sh
# case: T1547.006-finit-module-perl
# technique: Kernel modules: finit_module and init_module tried from perl
# source: falcosecurity/rules Linux Kernel Module Injection Detected
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
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 numbers"; exit 77; }
perl -e '$n="";open F,"<","/bin/true";syscall(313,fileno(F),$n,0);syscall(175,$n,0,$n);syscall(176,$n,2048)'; true
exit 0
