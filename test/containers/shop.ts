import { connect } from 'node:net';
import type { Engine } from './engine.ts';

/** Perl: a web server that answers, and runs what `/run?` is followed by: the hole that the mischief comes in through. */
const application = String.raw`
use strict; use IO::Socket::INET;
$SIG{CHLD} = 'DEFAULT'; $SIG{PIPE} = 'IGNORE'; $| = 1;
my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1) or die $!;
while (my $client = $server->accept) {
  my $line = <$client> // ''; my ($path) = $line =~ m{^\S+ (\S+)};
  while (defined(my $header = <$client>)) { last if $header =~ /^\r?\n$/ }
  if (defined $path && $path =~ m{^/run\?(.*)}) { my $command = $1; $command =~ s/%([0-9a-f]{2})/chr hex $1/gie; system("$command;"); }
  if (open(my $log, '>>', '/var/log/shop.log')) { print $log $line; close $log; }
  print $client "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n"; close $client;
}
`;

/** A small shop: nginx, redis, and an application with a hole. */
export interface Shop {
  /** Name of the container with the hole. */
  readonly application: string;
  /** Runs a command through the hole; answers when the application has answered. */
  exploit(command: string): Promise<void>;
  /** Starts what asks all of them for something, several times a second. */
  startLoad(): void;
  /** Requests that were answered since the load began, and that failed. */
  readonly served: { answered: number; failed: number };
  /** Starts another nginx or application under the next number. */
  scale(number: number): Promise<void>;
  restart(name: string): Promise<void>;
  stopLoad(): void;
}

const loadMs = 100;

/** Starts the shop's containers. `name` begins the names of all of them. */
export async function openShop(engine: Engine, name = 'shop'): Promise<Shop> {
  const image = await engine.withFile(await engine.debianImage(), '/srv/shop.pl', application);
  const web = `${name}-web`;
  const cache = `${name}-cache`;
  const app = `${name}-app`;
  const addresses = new Map<string, string>();
  const start = async (container: string, ...command: readonly string[]): Promise<void> => {
    await engine.cli('run', '-d', '--init', '--name', container, image, ...command);
    await find(container);
  };
  const find = async (container: string): Promise<void> => {
    addresses.set(container, await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', container));
  };
  const startWeb = (number: number): Promise<void> => start(`${web}-${number}`, '/usr/sbin/nginx', '-g', 'daemon off;');
  await startWeb(1);
  await start(
    `${cache}-1`,
    '/usr/bin/redis-server',
    '--bind',
    '0.0.0.0',
    '--protected-mode',
    'no',
    '--save',
    '5 10',
    '--dir',
    '/var/lib/redis',
  );
  await start(`${app}-1`, '/usr/bin/perl', '/srv/shop.pl');

  const served = { answered: 0, failed: 0 };
  let timer: NodeJS.Timeout | undefined;
  const ask = async (url: string): Promise<void> => {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    await response.arrayBuffer();
  };
  const tally = (request: Promise<void>): void => {
    request.then(
      () => void served.answered++,
      () => void served.failed++,
    );
  };
  const once = (): void => {
    for (const [container, address] of addresses) {
      if (container.startsWith(web)) tally(ask(`http://${address}/`));
      if (container.startsWith(app)) tally(ask(`http://${address}:8080/`));
      if (container.startsWith(cache)) tally(redis(address));
    }
  };
  return {
    application: `${app}-1`,
    served,
    exploit: (command) => ask(`http://${addresses.get(`${app}-1`) ?? ''}:8080/run?${encodeURIComponent(command)}`),
    startLoad() {
      timer = setInterval(once, loadMs);
    },
    scale: startWeb,
    async restart(container) {
      await engine.cli('restart', '-t', '2', container);
      await find(container);
    },
    stopLoad() {
      clearInterval(timer);
    },
  };
}

let writes = 0;

/** A write and a read in Redis' inline protocol. */
function redis(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: 6379, timeout: 5_000 }, () => {
      socket.write(`SET key${writes++ % 1000} value\r\nGET key1\r\nQUIT\r\n`);
    });
    socket.on('data', () => undefined);
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('redis does not answer')));
    socket.on('close', (failed) => {
      if (!failed) resolve();
    });
  });
}

/** Harmless acts of an intruder, and what each is expected to be seen as. */
export interface Act {
  readonly what: string;
  readonly command: string;
  readonly dimension: string;
  /** Matches the alert's key. */
  readonly key: RegExp;
  /** Matches the executable of the alert's process. */
  readonly exe: RegExp;
}

export const acts: readonly Act[] = [
  {
    what: 'a shell from the web server',
    command: 'id > /dev/null',
    dimension: 'exec',
    key: /(^|> )\/(usr\/)?bin\/(da)?sh/,
    exe: /sh$/,
  },
  {
    what: 'a program dropped into /tmp and run',
    command: 'cp /bin/true /tmp/update && /tmp/update',
    dimension: 'exec',
    key: /\/tmp\/update/,
    exe: /^\/tmp\/update$/,
  },
  {
    what: '/etc/shadow read by the shell itself',
    command: 'while read line; do :; done < /etc/shadow',
    dimension: 'file.read',
    key: /^\/etc\/shadow$/,
    exe: /sh$/,
  },
  {
    what: 'an outbound connection to a new port',
    command: 'nc -w 1 127.0.0.1 4444 < /dev/null',
    dimension: 'net.out',
    key: /:4444\/tcp$/,
    exe: /nc(\.openbsd)?$/,
  },
  {
    what: 'a listening port opened',
    command: 'timeout 1 nc -l 127.0.0.1 4445 < /dev/null',
    dimension: 'net.listen',
    key: /^4445\/tcp$/,
    exe: /nc(\.openbsd)?$/,
  },
];
