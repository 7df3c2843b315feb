#!/bin/sh
# case: T1140-cpio-bunzip-unpack-run
# technique: Tool unpacked from a compressed cpio archive and run
# source: redcanaryco/atomic-red-team T1140
# needs: cpio bzip2 bunzip2
# expect: exec file drift evasion
# where: container
# image: busybox
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cpio bzip2 bunzip2
mkdir "$W/a" "$W/b"; printf '#!/bin/sh\nuname -a >/dev/null\n' > "$W/a/tool"; chmod 755 "$W/a/tool"
( cd "$W/a" && echo tool | cpio -o -H newc 2>/dev/null | bzip2 > "$W/t.bz2" ); ( cd "$W/b" && bunzip2 -c "$W/t.bz2" | cpio -i 2>/dev/null ); "$W/b/tool"
exit 0
