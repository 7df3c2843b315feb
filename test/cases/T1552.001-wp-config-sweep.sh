#!/bin/sh
# case: T1552.001-wp-config-sweep
# technique: Credentials in files: settings of web applications read by perl
# source: LinPEAS; WatchDog
# needs: perl
# expect: cred file
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need perl
mkdir "$W/www"; echo "define('DB_PASSWORD','x');" > "$W/www/wp-config.php"; perl -e 'open F,"<",shift;while(<F>){print if /PASSWORD/}' "$W/www/wp-config.php" >/dev/null; perl -MFile::Find -e 'find(sub{open(F,"<",$_)&&-T F if /config|\.env|settings/},"/etc","/var/www","/root")' >/dev/null 2>&1; true
exit 0
