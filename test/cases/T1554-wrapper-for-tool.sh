#!/bin/sh
# case: T1554-wrapper-for-tool
# technique: Tool of the system replaced by a wrapper script
# source: redcanaryco/atomic-red-team T1554; TeamTNT ps wrapper
# needs: mv chmod
# expect: drift file persistence exec
# where: container
# image: debian
# caps: root
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need mv chmod
[ -w /etc/passwd ] || { echo "SKIP: needs root"; exit 77; }
T=/usr/bin/users; [ -x "$T" ] || exit 77
mv "$T" "$T.orig"; printf '#!/bin/sh\nexec /usr/bin/users.orig "$@"\n' > "$T"; chmod 755 "$T"; "$T" >/dev/null; mv "$T.orig" "$T"
exit 0
