#!/bin/sh
# case: T1546.017-udev-and-acpi
# technique: Event triggered: acpi event and dbus service files
# source: PANIX; linux persistence series
# needs: sh
# expect: file persistence
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
trap 'rm -f /etc/acpi/events/ho /usr/share/dbus-1/system-services/ho.service; rmdir /etc/acpi/events /etc/acpi /usr/share/dbus-1/system-services 2>/dev/null' EXIT; trap 'exit 1' INT TERM
mkdir -p /etc/acpi/events /usr/share/dbus-1/system-services 2>/dev/null || exit 77; echo 'action=true' > /etc/acpi/events/ho; echo '[D-BUS Service]' > /usr/share/dbus-1/system-services/ho.service
exit 0
