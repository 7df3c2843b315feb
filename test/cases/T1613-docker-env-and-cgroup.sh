#!/bin/sh
# case: T1613-docker-env-and-cgroup
# technique: Marks of a container looked for
# source: stealthcopter/deepce
# needs: stat
# expect: recon
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need stat
stat /.dockerenv >/dev/null 2>&1; readlink /proc/1/ns/pid >/dev/null 2>&1; head -n 3 /proc/self/mountinfo >/dev/null; cat /proc/1/cgroup >/dev/null
exit 0
