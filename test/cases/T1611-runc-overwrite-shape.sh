#!/bin/sh
# case: T1611-runc-overwrite-shape
# technique: Escape: /proc/self/exe of a runtime opened for write
# source: CVE-2019-5736; CDK runc-pwn
# needs: python3
# expect: escape file
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
printf '#!/proc/self/exe\n' > "$W/sh"; chmod 755 "$W/sh"; "$W/sh" >/dev/null 2>&1; python3 -c 'import os
for p in [d for d in os.listdir("/proc") if d.isdigit()]:
    try:
        if "runc" in os.readlink("/proc/%s/exe"%p): os.open("/proc/%s/exe"%p,os.O_WRONLY)
    except OSError: pass
try: os.open("/proc/self/exe",os.O_WRONLY)
except OSError: pass' 
exit 0
