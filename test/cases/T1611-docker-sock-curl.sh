#!/bin/sh
# case: T1611-docker-sock-curl
# technique: Escape: engine socket asked with an HTTP client and in other places
# source: CDK docker-sock-check; peirates; deepce
# needs: curl
# expect: escape net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need curl
(curl -s -m 2 --unix-socket /var/run/docker.sock http://d/version; curl -s -m 2 --unix-socket /run/containerd/containerd.sock http://d/) >/dev/null 2>&1; ls -la /var/run/docker.sock /run/crio/crio.sock /run/containerd/containerd.sock /run/podman/podman.sock >/dev/null 2>&1; find / -maxdepth 3 -name '*.sock' >/dev/null 2>&1; true
exit 0
