#!/bin/sh
# case: T1554-program-in-path-replaced
# technique: Host software: a program in PATH renamed and wrapped
# source: falcosecurity/event-generator syscall.ModifyBinaryDirs
# needs: sh
# expect: drift file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap '[ -e /usr/bin/ho-orig ] && mv -f /usr/bin/ho-orig "$T"' EXIT; trap 'exit 1' INT TERM
T=/usr/bin/tty; [ -e $T ] || T=/bin/tty; [ -w "${T%/*}" ] || exit 77; D=${T%/*}; [ $D = /usr/bin ] || mkdir -p /usr/bin
mv "$T" /usr/bin/ho-orig; printf '#!/bin/sh\nexec /usr/bin/ho-orig "$@"\n' > "$T"; chmod 755 "$T"; "$T" >/dev/null 2>&1; true
exit 0
