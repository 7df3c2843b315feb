#!/bin/sh
# case: T1059.006-python-marshal-script
# technique: Python: compiled payload unmarshalled and run
# source: redcanaryco/atomic-red-team T1059.006-3 Execute Python via Python executables
# needs: python3
# expect: exec evasion
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3
python3 -c 'import marshal,sys;sys.stdout.buffer.write(marshal.dumps(compile("import os;os.popen(\"id\").read()","x","exec")))' > "$W/p.bin"
python3 -c 'import marshal,sys;exec(marshal.load(open(sys.argv[1],"rb")))' "$W/p.bin"
exit 0
