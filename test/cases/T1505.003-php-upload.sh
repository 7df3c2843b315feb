#!/bin/sh
# case: T1505.003-php-upload
# technique: Web shell in an upload folder of the web root
# source: redcanaryco/atomic-red-team T1505.003; WSO
# needs: sh
# expect: file persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/www/html/uploads/ho.phtml' EXIT; trap 'exit 1' INT TERM
D=/var/www/html/uploads; mkdir -p "$D" 2>/dev/null || exit 77
printf '<?php /* decoy */ ?>' > "$D/ho.phtml"; rm -f "$D/ho.phtml"; rmdir "$D"; true
exit 0
