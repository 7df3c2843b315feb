#!/bin/sh
# case: T1552.001-aws-credentials
# technique: Cloud credentials looked for and read (decoy)
# source: falcosecurity/event-generator syscall.FindAwsCredentials; redcanaryco/atomic-red-team T1552.001-1 Find AWS credentials
# needs: find cat
# expect: cred file recon
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need find
H=${HOME:-/root}; [ -e "$H/.aws" ] && { echo "SKIP: real one there"; exit 77; }
trap 'rm -rf "$H/.aws"' EXIT; mkdir -p "$H/.aws" || exit 77; printf '[default]\naws_access_key_id = DECOY\n' > "$H/.aws/credentials"
find "$H" -maxdepth 3 -name credentials >/dev/null 2>&1; cat "$H/.aws/credentials" >/dev/null
exit 0
