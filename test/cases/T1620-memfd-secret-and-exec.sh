#!/bin/sh
# case: T1620-memfd-secret-and-exec
# technique: Secret memory and a program from memory
# source: fileless loaders
# needs: perl
# expect: fileless exec evasion syscall
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || { echo "SKIP: x86_64 numbers"; exit 77; }
perl -e '$n="a";$f=syscall(319,$n,1);syscall(447,0);open O,">&=",$f;print O "#!/bin/sh\nid\n";close STDERR;if(!fork){exec "/proc/self/fd/$f"}wait' >/dev/null
exit 0
