#!/bin/sh
# case: T1055-process-vm-writev-perl
# technique: Injection: process_vm_writev into a child
# source: aquasecurity/tracee process_vm_write
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
perl -e '$b="A"x64;$p=fork;if(!$p){sleep 3;exit}$a=unpack("J",pack("p",$b));$v=pack("JJ",$a,8);syscall(311,$p,$v,1,$v,1,0);kill 9,$p;wait' 
exit 0
