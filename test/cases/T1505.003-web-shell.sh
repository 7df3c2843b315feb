#!/bin/sh
# case: T1505.003-web-shell
# technique: Page with a shell dropped into the web root
# source: cdk-team/CDK webshell-deploy; CrowdStrike/detection-container Persistence via web shell
# needs: sh
# expect: persistence file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
D=/var/www/html; N=; [ -d $D ] || { N=1; mkdir -p $D 2>/dev/null || exit 77; }
trap 'rm -f /var/www/html/ho.php; [ -n "$N" ] && rmdir /var/www/html /var/www 2>/dev/null; true' EXIT
echo '<?php /* decoy */ ?>' > $D/ho.php
exit 0
