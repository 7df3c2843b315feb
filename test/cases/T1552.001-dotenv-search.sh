#!/bin/sh
# case: T1552.001-dotenv-search
# technique: Configuration files with passwords looked for and read
# source: redcanaryco/atomic-red-team T1552.001-3 Extract passwords with grep; T1552.001-6 Find and Access Github Credentials
# needs: find
# expect: cred recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need find
mkdir -p "$W/app"; echo 'DB_PASSWORD=decoy' > "$W/app/.env"
find / -xdev \( -name .env -o -name 'wp-config.php' -o -name 'settings.py' -o -name database.yml \) 2>/dev/null | while read -r f; do cat "$f" >/dev/null 2>&1; done; true
exit 0
