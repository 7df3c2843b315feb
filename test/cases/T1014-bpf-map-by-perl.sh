#!/bin/sh
# case: T1014-bpf-map-by-perl
# technique: Rootkit: bpf() maps and programs, perf_event_open from perl
# source: TripleCross; ebpfkit; bad-bpf
# needs: perl
# expect: escape evasion priv
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
[ "$(uname -m)" = x86_64 ] || exit 77
perl -e '$a=pack("L8",1,4,4,16,0,0,0,0).("\0"x96);syscall(321,0,$a,72);$b="\0"x112;syscall(298,$b,-1,0,-1,0)'; ls /sys/fs/bpf /sys/kernel/debug/tracing >/dev/null 2>&1; true
exit 0
