#!/bin/sh
# case: T1552.001-terraform-state-sed
# technique: Secrets taken out of a Terraform state
# source: DataDog/stratus-red-team (same goal); TeamTNT credential script
# needs: sed
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -rf /opt/ho-infra' EXIT; trap 'exit 1' INT TERM
need sed
mkdir -p /opt/ho-infra && printf '{"secret_key": "decoy"}\n' > /opt/ho-infra/terraform.tfstate || exit 77
sed -n 's/.*secret_key": "\([^"]*\)".*/\1/p' /opt/ho-infra/terraform.tfstate >/dev/null
exit 0
