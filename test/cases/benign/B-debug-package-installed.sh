#!/bin/sh
# case: B-debug-package-installed
# technique: Package with a debug tool copied in and installed
# source: operations practice
# needs: docker
# expect: exec file
# where: host
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need docker
D=${DOCKER:-docker}; : "${TARGET:?container name}"
"$D" exec "$TARGET" sh -c 'mkdir -p /tmp/ho-deb/DEBIAN /tmp/ho-deb/usr/share/ho && printf "Package: ho-tool\nVersion: 1\nArchitecture: all\nMaintainer: x <x@localhost>\nDescription: x\n" > /tmp/ho-deb/DEBIAN/control && echo x > /tmp/ho-deb/usr/share/ho/x && dpkg-deb -b /tmp/ho-deb /tmp/ho.deb' >/dev/null && "$D" exec "$TARGET" dpkg -i /tmp/ho.deb >/dev/null && "$D" exec "$TARGET" dpkg -P ho-tool >/dev/null; "$D" exec "$TARGET" rm -rf /tmp/ho-deb /tmp/ho.deb
exit 0
