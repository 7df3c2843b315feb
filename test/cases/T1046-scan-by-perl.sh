#!/bin/sh
# case: T1046-scan-by-perl
# technique: Port scan: perl connects to many ports of loopback
# source: redcanaryco/atomic-red-team T1046-1 Port Scan; CDK service-probe
# needs: perl
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MSocket -e 'for $p (21,22,23,25,80,110,139,443,445,1433,2375,2379,3306,3389,5432,5900,6379,6443,8080,9200,10250,11211,27017){socket(S,PF_INET,SOCK_STREAM,6);connect(S,sockaddr_in($p,INADDR_LOOPBACK));close S}'; true
exit 0
