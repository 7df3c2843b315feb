#!/bin/sh
# case: T1037.004-rc-local
# technique: Start-up script written
# source: redcanaryco/atomic-red-team T1037.004-3 rc.local; aquasecurity/tracee rcd_modification
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
keep() { # remember a file as it is; back puts it back
  K=$W/keep; if [ -e "$1" ]; then cp -p "$1" "$K" || exit 77; else : > "$K.absent"; fi; KF=$1; }
back() { if [ -e "$W/keep.absent" ]; then rm -f "$KF"; elif [ -e "$W/keep" ]; then cat "$W/keep" > "$KF"; touch -r "$W/keep" "$KF" 2>/dev/null; fi; }
trap 'back; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
keep /etc/rc.local
F=/etc/rc.local; (printf '#!/bin/sh\nexit 0\n' >> "$F") 2>/dev/null || exit 77
exit 0
