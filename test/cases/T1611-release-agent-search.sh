#!/bin/sh
# case: T1611-release-agent-search
# technique: Escape: release_agent and notify_on_release looked for and written
# source: aquasecurity/tracee cgroup_release_agent; deepce
# needs: sh
# expect: escape file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
find /sys/fs/cgroup -maxdepth 2 -name release_agent >/dev/null 2>&1; for f in /sys/fs/cgroup/release_agent /sys/fs/cgroup/rdma/release_agent /sys/fs/cgroup/notify_on_release; do (echo /cmd > $f) 2>/dev/null; done; true
exit 0
