#!/bin/sh
# case: T1055.001-dlopen-preload-child
# technique: Injection: library handed to a child through LD_PRELOAD by python
# source: Sigma proc_creation_lnx LD_PRELOAD
# needs: python3
# expect: exec evasion file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
cp "$(ls /lib/*/libm.so.6 /usr/lib/*/libm.so.6 2>/dev/null | head -1)" "$W/libx.so" && python3 -c 'import os,sys,subprocess;subprocess.run(["/bin/true"],env={"LD_PRELOAD":sys.argv[1]})' "$W/libx.so" 
exit 0
