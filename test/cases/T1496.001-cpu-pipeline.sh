#!/bin/sh
# case: T1496.001-cpu-pipeline
# technique: Processors kept busy by one short pipeline after the other
# source: miner load shape (hash loop in shell)
# needs: dd sha256sum
# expect: resource exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need dd sha256sum
(while :; do dd if=/dev/urandom bs=65536 count=600 2>/dev/null | sha256sum; done) >/dev/null & P=$!; sleep "${HO_SECS:-7}"; kill "$P"; wait "$P" 2>/dev/null; true
exit 0
