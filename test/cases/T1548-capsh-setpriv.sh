#!/bin/sh
# case: T1548-capsh-setpriv
# technique: Capabilities: listed and dropped with capsh, setpriv, getpcaps
# source: LinPEAS capabilities; GTFOBins capsh
# needs: sh
# expect: priv recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
(capsh --print; capsh --drop=cap_chown -- -c id; getpcaps $$; setpriv --dump; setpriv --reuid=65534 --clear-groups id) >/dev/null 2>&1; grep Cap /proc/self/status >/dev/null
exit 0
