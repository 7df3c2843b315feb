#!/bin/sh
# case: T1486-renamed-in-place
# technique: Files encrypted in place and renamed one after another, with a note
# source: MITRE ATT&CK T1486; redcanaryco/atomic-red-team T1486
# needs: perl
# expect: evasion file exec
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
mkdir "$W/share"; i=0; while [ $i -lt 80 ]; do echo "record $i of the books" > "$W/share/book$i.ods"; i=$((i+1)); done
perl -e 'chdir shift;for $f(glob "*.ods"){open F,"+<",$f;local $/;$b=<F>;$b^="\x77"x length $b;seek F,0,0;print F $b;close F;rename $f,"$f.crypt"}open N,">","HOW_TO_RESTORE_FILES.txt";print N "decoy"' "$W/share"
exit 0
