#!/bin/sh
# case: T1046-port-scan-asyncio
# technique: Ports of loopback scanned with asyncio
# source: redcanaryco/atomic-red-team T1046-9; Kinsing spreader
# needs: python3
# expect: recon net
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 - <<'E'
import asyncio
async def one(p):
    try:
        r, w = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", p), 1); w.close()
    except OSError: pass
async def main(): await asyncio.gather(*(one(p) for p in (21,22,23,25,80,110,143,443,445,2375,2379,3306,5432,6443,8080,10250)))
asyncio.run(main())
E
exit 0
