#!/bin/sh
# case: T1611-release-agent-attempt
# technique: cgroup mounted and release_agent written
# source: cdk-team/CDK mount-cgroup; falcosecurity/event-generator syscall.DetectReleaseAgentFileContainerEscapes; aquasecurity/tracee cgroup_release_agent
# needs: mount
# expect: escape file priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need mount
mkdir "$W/cg"; mount -t cgroup -o rdma cgroup "$W/cg" >/dev/null 2>&1 && umount "$W/cg"; mkdir -p "$W/cg/x"; echo 1 > "$W/cg/x/notify_on_release"; echo /cmd > "$W/cg/release_agent"; true
exit 0
