#!/bin/sh
# case: T1552.001-npmrc-pypirc
# technique: Registry tokens read from npmrc, pypirc and gem credentials
# source: LinPEAS; Sigma lnx_auditd_find_cred_in_files
# needs: cat
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'rm -f /root/.npmrc /root/.pypirc; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need cat
H=/root; [ -w "$H" ] || H=$W
printf '//r/:_authToken=decoy\n' > "$H/.npmrc"; printf '[pypi]\npassword=decoy\n' > "$H/.pypirc"
cat "$H/.npmrc" "$H/.pypirc" >/dev/null; rm -f "$H/.npmrc" "$H/.pypirc"
exit 0
