#!/bin/sh
# case: T1048.003-smtp-ftp-shape
# technique: Exfiltration: data sent with FTP and SMTP commands
# source: redcanaryco/atomic-red-team T1048.003-4 Exfiltration over SMTP, -6 FTP
# needs: nc base64
# expect: net file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need nc base64
nc -l -s 127.0.0.1 -p 28025 >/dev/null 2>&1 & L=$!; sleep 1; { printf 'EHLO x\r\nMAIL FROM:<a@b>\r\nDATA\r\n'; base64 /etc/passwd; printf '.\r\nQUIT\r\n'; } | nc -w 1 127.0.0.1 28025 >/dev/null 2>&1; kill $L 2>/dev/null; wait 2>/dev/null; true
exit 0
