#!/bin/sh
# case: T1546.004-bash-login-by-python
# technique: Shell start: .bash_login and .bash_aliases written by an interpreter
# source: falcosecurity/rules Modify Shell Configuration File
# needs: python3
# expect: file persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /root/.bash_login /root/.bash_aliases' EXIT; trap 'exit 1' INT TERM
need python3
[ -e /root/.bash_login ] && exit 77; python3 -c 'for n in (".bash_login",".bash_aliases"): open("/root/"+n,"a").write("# ho\n")' 
exit 0
