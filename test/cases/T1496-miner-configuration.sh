#!/bin/sh
# case: T1496-miner-configuration
# technique: Miner's configuration and command line
# source: falcosecurity/rules Detect crypto miners using the Stratum protocol; CrowdStrike/detection-container
# needs: cp
# expect: exec drift resource
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
ho_bin() { # dest: a copy of a harmless real binary under that path
  if [ -x /bin/busybox ] && [ "$(readlink -f /bin/sleep)" = "$(readlink -f /bin/busybox)" ]; then cp "$(readlink -f /bin/busybox)" "$1"; HO_ARG=sleep; else cp "$(readlink -f "$(command -v sleep)")" "$1"; HO_ARG=; fi; chmod 755 "$1"; }
ho_bin "$W/xmrig"; printf '{"pools":[{"url":"stratum+tcp://pool.invalid:3333","user":"ho"}]}' > "$W/config.json"; "$W/xmrig" 1; sh -c ': --donate-level=1 -o stratum+tcp://pool.invalid:3333'
exit 0
