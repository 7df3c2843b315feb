#!/bin/sh
# case: T1072-package-installed
# technique: A package installed that nobody asked for
# source: falcosecurity/rules Launch package management process in container; MITRE ATT&CK T1072
# needs: dpkg dpkg-deb
# expect: exec file persistence
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need dpkg dpkg-deb
mkdir -p "$W/p/DEBIAN" "$W/p/opt/ho-agent"; echo x > "$W/p/opt/ho-agent/x"
printf 'Package: ho-agent\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <nobody@example.invalid>\nDescription: decoy\n' > "$W/p/DEBIAN/control"
dpkg-deb -b "$W/p" "$W/p.deb" >/dev/null 2>&1 || exit 77; dpkg -i "$W/p.deb" >/dev/null 2>&1; dpkg -P ho-agent >/dev/null 2>&1; true
exit 0
