#!/bin/sh
# case: T1071-irc-bot
# technique: Bot that speaks IRC
# source: ShellBot, Tsunami
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
python3 -c 'import socket,threading
s=socket.socket();s.bind(("127.0.0.1",6667));s.listen();threading.Thread(target=lambda:s.accept()[0].recv(99)).start()
c=socket.create_connection(("127.0.0.1",6667));c.sendall(b"NICK ho\r\nUSER ho 0 * :ho\r\nJOIN #ho\r\n");c.close()'
exit 0
