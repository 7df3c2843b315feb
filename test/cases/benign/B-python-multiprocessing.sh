#!/bin/sh
# case: B-python-multiprocessing
# technique: Worker pool with shared memory and a semaphore (report job)
# source: operations practice
# needs: python3
# expect: exec file
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
cat > "$W/pool.py" <<'E'
import multiprocessing as m
def f(x): return sum(i*i for i in range(x))
if __name__=='__main__':
    with m.Pool(3) as p: p.map(f,range(2000,2020))
    q=m.Queue();q.put(1);q.get()
E
python3 "$W/pool.py"
exit 0
