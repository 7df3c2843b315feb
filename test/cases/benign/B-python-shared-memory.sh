#!/bin/sh
# case: B-python-shared-memory
# technique: Worker processes share an array in memory
# source: operations practice
# needs: python3
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
cat > "$W/shm.py" <<'E'
from multiprocessing import shared_memory
s=shared_memory.SharedMemory(create=True,size=100000);s.buf[0]=7;t=shared_memory.SharedMemory(name=s.name);assert t.buf[0]==7;t.close();s.close();s.unlink()
E
python3 "$W/shm.py"
exit 0
