#!/bin/sh
# case: B-memory-dumped
# technique: Allocations of the own process dumped and compressed
# source: operations practice
# needs: python3 gzip
# expect: file exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=/srv/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need python3 gzip
python3 -X tracemalloc -c 'import tracemalloc,sys,gc
keep=[bytearray(1000) for _ in range(5000)];tracemalloc.take_snapshot().dump(sys.argv[1]+"/heap.dump")
import faulthandler
with open(sys.argv[1]+"/stacks.txt","w") as f: faulthandler.dump_traceback(f)' "$W"; gzip "$W/heap.dump"; test -s "$W/heap.dump.gz"
exit 0
