#!/bin/sh
# case: T1082-rights-of-the-container
# technique: What the container may do looked up, as amicontained does
# source: genuinetools/amicontained; stealthcopter/deepce
# needs: cat grep
# expect: recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need cat grep
grep -E 'Cap|Seccomp|NoNewPrivs' /proc/self/status >/dev/null; cat /proc/1/cgroup /proc/mounts /proc/self/uid_map /sys/kernel/security/apparmor/profiles >/dev/null 2>&1; ls -la /.dockerenv /run/.containerenv >/dev/null 2>&1; true
exit 0
