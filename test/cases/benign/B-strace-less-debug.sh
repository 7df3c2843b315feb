#!/bin/sh
# case: B-strace-less-debug
# technique: On-call looks why a process hangs: stack, wait channel, open files
# source: operations practice
# needs: cat ls tr
# expect: recon exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat ls tr
sleep 20 & P=$!; cat /proc/$P/wchan /proc/$P/stat /proc/$P/schedstat >/dev/null 2>&1; ls -l /proc/$P/fd >/dev/null 2>&1; cat /proc/$P/cmdline | tr '\0' ' ' >/dev/null; kill $P; wait $P 2>/dev/null; true
exit 0
