#!/bin/sh
# case: T1496.001-stratum-by-nc
# technique: Resource hijacking: mining.subscribe over nc to port 3333
# source: falcosecurity/event-generator syscall.DetectCryptoMinersUsingTheStratumProtocol
# needs: nc
# expect: net exec resource
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
nc -l -s 127.0.0.1 -p 3333 >/dev/null 2>&1 & L=$!; sleep 1; printf '{"id":1,"method":"mining.subscribe","params":["xmrig/6.21"]}\n' | nc -w 1 127.0.0.1 3333 >/dev/null 2>&1; kill $L 2>/dev/null; sh -c ': -o stratum+tcp://127.0.0.1:3333 -u wallet --donate-level 1'; wait 2>/dev/null; true
exit 0
