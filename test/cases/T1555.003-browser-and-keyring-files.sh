#!/bin/sh
# case: T1555.003-browser-and-keyring-files
# technique: Credential stores: LaZagne's places
# source: redcanaryco/atomic-red-team T1555.003-9 LaZagne.py - Dump Credentials from Firefox Browser
# needs: sh
# expect: cred recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for f in .mozilla/firefox/profiles.ini .config/google-chrome/Default/'Login Data' .local/share/keyrings/login.keyring .gnupg/secring.gpg .password-store .kdbx .config/filezilla/sitemanager.xml .remmina; do cat "/root/$f" >/dev/null 2>&1; done; find / -maxdepth 4 -xdev \( -name '*.kdbx' -o -name logins.json -o -name key4.db \) >/dev/null 2>&1; true
exit 0
