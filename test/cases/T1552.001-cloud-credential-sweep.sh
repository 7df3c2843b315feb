#!/bin/sh
# case: T1552.001-cloud-credential-sweep
# technique: Credentials in files: TeamTNT's list of cloud files
# source: TeamTNT credential stealer; falcosecurity/event-generator syscall.FindAwsCredentials
# needs: sh
# expect: cred recon file
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
for h in /root /home/*; do for f in .aws/credentials .aws/config .s3cfg .boto .azure/accessTokens.json .config/gcloud/credentials.db .config/gcloud/application_default_credentials.json .docker/config.json .git-credentials .npmrc .pypirc .vault-token .passwd-s3fs; do cat "$h/$f" >/dev/null 2>&1; done; done; find / -maxdepth 4 -name 'credentials*' -path '*aws*' >/dev/null 2>&1; true
exit 0
