#!/bin/sh
# case: T1090-socat-shape-forwarder
# technique: Proxy: perl forwards a port to the sink
# source: socat; gost
# needs: perl nc
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl nc
perl -MIO::Socket::INET -e 'alarm 6;$l=IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1",LocalPort=>28301,ReuseAddr=>1)or exit;$c=$l->accept;$o=IO::Socket::INET->new("127.0.0.1:28302");print $o "x" if $o' 2>/dev/null & S=$!; sleep 1; echo hi | nc -w 1 127.0.0.1 28301 >/dev/null 2>&1; kill $S 2>/dev/null; wait 2>/dev/null; true
exit 0
