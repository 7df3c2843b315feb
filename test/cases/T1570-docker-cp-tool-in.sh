#!/bin/sh
# case: T1570-docker-cp-tool-in
# technique: Program copied in with docker cp and run by exec
# source: falcosecurity/rules Drop and execute new binary in container
# needs: docker
# expect: drift file exec
# where: host
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; I=${HO_IMAGE:-busybox}; : "${TARGET:?}"; T=$(mktemp); printf '#!/bin/sh\nid >/dev/null\n' > "$T"; chmod 755 "$T"; "$D" cp "$T" "$TARGET:/tmp/ho-tool" >/dev/null; "$D" exec "$TARGET" /tmp/ho-tool; "$D" exec "$TARGET" rm -f /tmp/ho-tool; rm -f "$T"
exit 0
