#!/bin/sh
# case: T1055.008-gdb-shape-attach
# technique: Ptrace: PTRACE_SEIZE, GETREGS and POKETEXT on a child
# source: falcosecurity/event-generator syscall.PtraceAttachedToProcess; aquasecurity/tracee ptrace_code_injection
# needs: perl
# expect: priv evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
perl -e '$p=fork;if(!$p){sleep 20;exit}select undef,undef,undef,.3;syscall(101,0x4206,$p,0,0);syscall(101,0x4207,$p,0,0);select undef,undef,undef,.2;syscall(101,17,$p,0,0);kill 9,$p;waitpid $p,0;exit 0' 
exit 0
