#!/bin/sh
# case: T1105-perl-download
# technique: A program fetched by Perl, made executable and run
# source: MITRE ATT&CK T1105; redcanaryco/atomic-red-team T1105
# needs: perl
# expect: drift exec net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need perl
perl -MIO::Socket::INET -e '$l=IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1") or exit 77;if(!fork){$a=$l->accept;open F,"</bin/true";binmode F;local $/;print $a <F>;exit}$c=IO::Socket::INET->new(PeerAddr=>"127.0.0.1",PeerPort=>$l->sockport);open O,">",$ARGV[0];binmode O;local $/;print O <$c>;close O;chmod 0755,$ARGV[0];wait' "$W/.update" || exit 77
"$W/.update"; true
exit 0
