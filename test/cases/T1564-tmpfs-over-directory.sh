#!/bin/sh
# case: T1564-tmpfs-over-directory
# technique: Hidden: file kept open after removal and used
# source: HackTricks; Skidmap
# needs: sh
# expect: evasion file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cp "$(readlink -f /bin/true)" "$W/x"; exec 7< "$W/x"; rm -f "$W/x"; cat <&7 > "$W/y"; exec 7<&-; chmod 755 "$W/y"; printf 'id >/dev/null\n' > "$W/z"; exec 8< "$W/z"; rm -f "$W/z"; sh /proc/self/fd/8; exec 8<&-
exit 0
