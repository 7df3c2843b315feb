#!/bin/sh
# case: T1548.001-setgid-by-install
# technique: Setuid: mode given through install -m and python chmod
# source: redcanaryco/atomic-red-team T1548.001-2 Set a SetUID flag on file; falcosecurity/event-generator syscall.SetSetuidOrSetgidBit
# needs: sh
# expect: priv file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
install -m 2755 /bin/true "$W/g" 2>/dev/null || { cp /bin/true "$W/g"; chmod g+s "$W/g"; }; cp /bin/true "$W/u"; python3 -c 'import os,sys;os.chmod(sys.argv[1],0o6755)' "$W/u" 2>/dev/null || chmod u+s,g+s "$W/u"; true
exit 0
