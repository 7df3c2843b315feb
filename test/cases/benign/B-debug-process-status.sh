#!/bin/sh
# case: B-debug-process-status
# technique: On-call looks at threads, descriptors and limits of the main process
# source: operations practice
# needs: cat ls
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat ls
cat /proc/1/status /proc/1/limits /proc/1/io >/dev/null 2>&1; ls /proc/1/fd /proc/1/task >/dev/null 2>&1; cat /proc/1/smaps_rollup /proc/meminfo /proc/stat /proc/vmstat >/dev/null 2>&1; true
exit 0
