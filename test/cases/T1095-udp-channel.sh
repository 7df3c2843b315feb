#!/bin/sh
# case: T1095-udp-channel
# technique: Channel over UDP
# source: falcosecurity/event-generator syscall.UnexpectedUDPTraffic; redcanaryco/atomic-red-team T1095-1 ICMP C2 (UDP form)
# needs: nc
# expect: net
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc
(echo ping; sleep 1) | nc -u -w 1 127.0.0.1 40123 >/dev/null 2>&1; true
exit 0
