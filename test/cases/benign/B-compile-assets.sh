#!/bin/sh
# case: B-compile-assets
# technique: Assets bundled: concatenated, minified with sed, hashed into their names
# source: operations practice
# needs: sed sha256sum cut mv
# expect: file exec
# where: container
# image: busybox debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need sed sha256sum cut mv
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
trap 'cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
k=0; while [ $k -lt 8 ]; do printf '/* c */\nfunction f%s() {\n  return %s;\n}\n' $k $k > "$W/m$k.js"; k=$((k+1)); done
cat "$W"/m*.js | sed -e 's,/\*.*\*/,,' -e 's/^ *//' > "$W/bundle.js"; h=$(sha256sum "$W/bundle.js" | cut -c1-8); mv "$W/bundle.js" "$W/bundle-$h.js"; printf '{"bundle.js":"bundle-%s.js"}\n' "$h" > "$W/manifest.json"
exit 0
