#!/bin/sh
# case: T1547.006-module-attempt
# technique: Kernel module loaded
# source: falcosecurity/event-generator syscall.LinuxKernelModuleInjection; aquasecurity/tracee kernel_module_loading
# needs: sh
# expect: escape priv
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
if command -v python3 >/dev/null 2>&1 && [ "$(uname -m)" = x86_64 ]; then python3 -c 'import ctypes;c=ctypes.CDLL(None);c.syscall(313,-1,b"",0);c.syscall(175,0,0,b"")'; else need insmod; head -c 4096 /dev/zero > "$W/x.ko"; insmod "$W/x.ko" 2>/dev/null; fi; true
exit 0
