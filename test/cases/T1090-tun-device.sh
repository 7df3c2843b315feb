#!/bin/sh
# case: T1090-tun-device
# technique: A tunnel device asked for
# source: tunnel by tun
# needs: python3
# expect: net escape priv file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 -c 'import os,fcntl,struct
try:
    os.mkdir("/dev/net")
except OSError: pass
try: os.mknod("/dev/net/tun",0o20600,os.makedev(10,200))
except OSError: pass
try: f=os.open("/dev/net/tun",os.O_RDWR);fcntl.ioctl(f,0x400454ca,struct.pack("16sH22x",b"ho0",1))
except OSError: pass
try: os.unlink("/dev/net/tun")
except OSError: pass' 
exit 0
