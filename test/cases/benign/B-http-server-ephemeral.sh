#!/bin/sh
# case: B-http-server-ephemeral
# technique: Tests of a release start a server on a free port and ask it
# source: operations practice
# needs: python3
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
need python3
python3 - <<'E'
import http.server,threading,urllib.request as u
h=http.server.ThreadingHTTPServer(('127.0.0.1',0),http.server.SimpleHTTPRequestHandler);h.RequestHandlerClass.log_message=lambda *a:None
threading.Thread(target=h.serve_forever,daemon=True).start()
for _ in range(5): u.urlopen('http://127.0.0.1:%d/'%h.server_port).read()
E
exit 0
