#!/bin/sh
# case: T1098.004-authorized-keys-by-python
# technique: SSH key appended for another user by an interpreter
# source: redcanaryco/atomic-red-team T1098.004-1 Modify SSH Authorized Keys; TeamTNT campaigns
# needs: perl
# expect: file persistence cred
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /var/www/.ssh/authorized_keys2 /var/www/.ssh/authorized_keys; rmdir /var/www/.ssh 2>/dev/null' EXIT; trap 'exit 1' INT TERM
need perl
perl -e 'mkdir "/var/www/.ssh"; for(qw(authorized_keys authorized_keys2)){open F,">>","/var/www/.ssh/$_";print F "# ho not a key\n";close F}' 
exit 0
