#!/bin/sh
# case: T1140-openssl-shape-perl-decode
# technique: Deobfuscate: perl pack decodes a command and evals it
# source: GTFOBins perl; redcanaryco/atomic-red-team T1140-4 Base64 decoding with Perl
# needs: perl
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need perl
perl -MMIME::Base64 -e 'print decode_base64("aWQgPi9kZXYvbnVsbAo=")' | sh; perl -e 'eval pack("H*","73797374656d2822696422293b")' >/dev/null
exit 0
