import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../containers/engine.ts';
import { waitFor } from '../support/wait.ts';

/** Something honest that happens to the fleet. */
export interface SoakDeed {
  readonly what: string;
  /** When, as a share of the time after learning. */
  readonly at: number;
  act(fleet: SoakFleet): Promise<void>;
}

/** Real services in containers of a private engine, under a load that goes on, and what their operators do to them. */
export interface SoakFleet {
  restart(container: string): Promise<void>;
  start(container: string): Promise<void>;
  remove(container: string): Promise<void>;
  /** The access log of the web server is renamed, and the server told to begin a new one. */
  rotateLogs(): Promise<void>;
  /** Web server and cache take another configuration. */
  reloadConfiguration(): Promise<void>;
  /** A job dumps the database, another packs the cache's files. */
  backUp(): Promise<void>;
  /** The Python application's next image: one honest new file, one honest new connection. */
  release(): Promise<void>;
  /** Containers that run now. */
  running(): Promise<number>;
  readonly served: { readonly answered: number; readonly failed: number };
  stop(): void;
}

const loadMs = 700;
const network = 'soak';

const pythonApp = (release: number): string => `import http.server, os, socket, tempfile, time
def cache(command):
    with socket.create_connection(("cache", 6379), 5) as s:
        s.sendall((command + "\\r\\nQUIT\\r\\n").encode())
        return s.recv(4096)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = open("/srv/page.html").read()
        cache("INCR visits")
        with open("/srv/data/visits.log", "a") as log: log.write("%f %s\\n" % (time.time(), self.path))
        with tempfile.NamedTemporaryFile(dir="/tmp", prefix="page-") as f: f.write(body.encode())
${
  release < 2
    ? ''
    : `        open("/srv/prices.json").read()
        with socket.create_connection(("db", 5432), 5) as s: pass
`
}        self.send_response(200); self.end_headers(); self.wfile.write(body.encode())
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
`;

const nodeApp = `const http = require('http'), fs = require('fs'), crypto = require('crypto');
http.createServer((request, response) => {
  const page = fs.readFileSync('/srv/page.html', 'utf8');
  http.get('http://py:8080/', (answer) => {
    answer.resume();
    answer.on('end', () => {
      const file = '/tmp/cache-' + crypto.randomUUID() + '.json';
      fs.writeFile(file, page, () => fs.unlink(file, () => response.end(page)));
    });
  }).on('error', () => { response.statusCode = 502; response.end(); });
}).listen(8080);
`;

const nginxConfiguration = (workers: number): string => `worker_processes ${workers};
events {}
http {
  access_log /var/log/soak/access.log;
  server {
    listen 80;
    location / { root /srv/www; }
    location /py/ { resolver 127.0.0.11 valid=5s; set $up py; proxy_pass http://$up:8080/; }
  }
}
`;

const jobScript = `while :; do
  n=$((n+1)); date >> /srv/report.txt; gzip -c /srv/report.txt > /srv/report-$n.gz; rm -f /srv/report-$((n-5)).gz
  wget -q -O /tmp/page http://web:80/ || :; sleep 20
done`;

/** Starts the fleet and its load. Containers: web-1, cache-1, db-1, py-1, node-1, reporter-1, job-1. */
export async function startSoakFleet(engine: Engine): Promise<SoakFleet> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-soak-'));
  for (const folder of ['log', 'etc', 'cache']) mkdirSync(join(directory, folder), { mode: 0o777 });
  writeFileSync(join(directory, 'etc', 'nginx.conf'), nginxConfiguration(1));
  const base = await engine.debianImage();
  const database = await engine.debianImage('postgresql');
  const python = await engine.debianImage('python3');
  const busybox = await engine.busyboxImage();
  await engine.cli('network', 'create', network);
  const images = new Map<string, string>([
    ['web', await made(base, 'soak/web:1', { '/srv/www/index.html': '<p>soak\n' })],
    ['cache', base],
    ['db', database],
    ['py', await made(python, 'soak/py:1', { '/srv/app.py': pythonApp(1), '/srv/page.html': '<p>page\n' })],
    [
      'node',
      await made(base, 'soak/node:1', { '/srv/app.js': nodeApp, '/srv/page.html': '<p>page\n' }, process.execPath),
    ],
    ['reporter', database],
    ['job', busybox],
  ]);
  const bin = '/usr/lib/postgresql/15/bin';
  const data = '/var/lib/postgresql/data';
  const commands: Readonly<
    Record<string, { readonly options?: readonly string[]; readonly command: readonly string[] }>
  > = {
    web: {
      options: [
        ...['-v', `${join(directory, 'log')}:/var/log/soak`, '-v', `${join(directory, 'etc')}:/etc/soak:ro`],
        ...['--health-cmd', 'curl -sf http://127.0.0.1/ -o /dev/null', '--health-interval', '15s'],
      ],
      command: ['/usr/sbin/nginx', '-c', '/etc/soak/nginx.conf', '-g', 'daemon off;'],
    },
    cache: {
      options: ['-v', `${join(directory, 'cache')}:/var/lib/redis`],
      command: `/usr/bin/redis-server --bind 0.0.0.0 --protected-mode no --save 30 10 --dir /var/lib/redis`.split(' '),
    },
    db: {
      command: [
        ...['/bin/su', 'postgres', '-s', '/bin/sh', '-c'],
        `test -d ${data} || { ${bin}/initdb -A trust -D ${data} && echo "host all all all trust" >> ${data}/pg_hba.conf; }; exec ${bin}/postgres -D ${data} -h 0.0.0.0`,
      ],
    },
    py: { command: ['/usr/bin/python3', '/srv/app.py'] },
    node: { command: ['/usr/local/bin/node', '/srv/app.js'] },
    reporter: {
      command: [
        ...['/bin/sh', '-c'],
        `while :; do psql -qAt -h db -U postgres -c "create table if not exists visit (at timestamptz); insert into visit values (now()); select count(*) from visit" > /tmp/count; sleep 5; done`,
      ],
    },
    job: { command: ['/bin/sh', '-c', jobScript] },
  };
  const addresses = new Map<string, string>();
  const serviceOf = (container: string): string => container.replace(/-\d+$/, '');

  async function made(
    from: string,
    tag: string,
    files: Readonly<Record<string, string>>,
    program?: string,
  ): Promise<string> {
    const context = mkdtempSync(join(directory, 'image-'));
    const root = join(context, 'root');
    mkdirSync(join(root, 'srv', 'data'), { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    if (program !== undefined) {
      mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
      cpSync(program, join(root, 'usr/local/bin/node'), { dereference: true });
    }
    writeFileSync(join(context, 'Dockerfile'), `FROM ${from}\nCOPY root/ /\n`);
    await engine.cli('build', '-q', '-t', tag, context);
    return tag;
  }
  const find = async (container: string): Promise<void> => {
    const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
    addresses.set(container, await engine.cli('inspect', '-f', format, container));
  };
  const start = async (container: string): Promise<void> => {
    const service = serviceOf(container);
    const { options = [], command = [] } = commands[service] ?? {};
    const common = ['run', '-d', '--init', '--name', container, '--network', network, '--network-alias', service];
    await engine.cli(...common, ...options, images.get(service) ?? busybox, ...command);
    await find(container);
  };
  const remove = async (container: string): Promise<void> => {
    addresses.delete(container);
    await engine.cli('rm', '-f', container);
  };
  for (const service of ['cache', 'db', 'py', 'web', 'node', 'reporter', 'job']) await start(`${service}-1`);

  const served = { answered: 0, failed: 0 };
  const ask = (url: string): void => {
    fetch(url, { signal: AbortSignal.timeout(10_000) })
      .then((response) => response.arrayBuffer())
      .then(
        () => void served.answered++,
        () => void served.failed++,
      );
  };
  const timer = setInterval(() => {
    for (const [container, address] of addresses) {
      if (container.startsWith('web')) {
        ask(`http://${address}/`);
        ask(`http://${address}/py/`);
      }
      if (container.startsWith('py') || container.startsWith('node')) ask(`http://${address}:8080/`);
    }
  }, loadMs);
  await waitFor('the fleet to serve', () => served.answered > 20, 120_000);

  return {
    served,
    start,
    remove,
    async restart(container) {
      await engine.cli('restart', '-t', '5', container);
      await find(container);
    },
    async rotateLogs() {
      renameSync(join(directory, 'log', 'access.log'), join(directory, 'log', 'access.log.1'));
      await engine.cli('kill', '--signal', 'USR1', 'web-1');
    },
    async reloadConfiguration() {
      writeFileSync(join(directory, 'etc', 'nginx.conf'), nginxConfiguration(2));
      await engine.cli('kill', '--signal', 'HUP', 'web-1');
      const settings = ['config', 'set', 'maxmemory', '100mb'];
      await engine.cli(
        'run',
        '--rm',
        '--name',
        'operator',
        '--network',
        network,
        base,
        'redis-cli',
        '-h',
        'cache',
        ...settings,
      );
    },
    async backUp() {
      const dump = ['pg_dump', '-h', 'db', '-U', 'postgres', '-f', '/tmp/dump.sql', 'postgres'];
      await engine.cli('run', '--rm', '--name', 'backup-db', '--network', network, database, ...dump);
      const volume = `${join(directory, 'cache')}:/data:ro`;
      await engine.cli(
        'run',
        '--rm',
        '--name',
        'backup-files',
        '-v',
        volume,
        busybox,
        'tar',
        'cf',
        '/tmp/cache.tar',
        '/data',
      );
    },
    async release() {
      const files = { '/srv/app.py': pythonApp(2), '/srv/page.html': '<p>page 2\n', '/srv/prices.json': '{}\n' };
      images.set('py', await made(python, 'soak/py:2', files));
      for (const container of [...addresses.keys()].filter((name) => name.startsWith('py-'))) {
        await remove(container);
        await start(container);
      }
    },
    running: async () => (await engine.cli('ps', '-q')).split('\n').filter((line) => line !== '').length,
    stop() {
      clearInterval(timer);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What happens in an hour, in this order. */
export const soakDeeds: readonly SoakDeed[] = [
  { what: 'log rotation', at: 0.05, act: (fleet) => fleet.rotateLogs() },
  {
    what: 'restart of web and cache',
    at: 0.1,
    act: async (fleet) => {
      await fleet.restart('cache-1');
      await fleet.restart('web-1');
    },
  },
  {
    what: 'scale out',
    at: 0.18,
    act: async (fleet) => {
      for (const container of ['web-2', 'web-3', 'py-2']) await fleet.start(container);
    },
  },
  { what: 'backup', at: 0.27, act: (fleet) => fleet.backUp() },
  { what: 'configuration', at: 0.35, act: (fleet) => fleet.reloadConfiguration() },
  { what: 'restart of the database', at: 0.42, act: (fleet) => fleet.restart('db-1') },
  {
    what: 'scale in',
    at: 0.5,
    act: async (fleet) => {
      for (const container of ['web-2', 'web-3']) await fleet.remove(container);
    },
  },
  { what: 'release', at: 0.58, act: (fleet) => fleet.release() },
  { what: 'second log rotation', at: 0.68, act: (fleet) => fleet.rotateLogs() },
  { what: 'second backup', at: 0.75, act: (fleet) => fleet.backUp() },
  {
    what: 'restart of everything',
    at: 0.82,
    act: async (fleet) => {
      for (const service of ['cache', 'db', 'py', 'web', 'node', 'reporter', 'job'])
        await fleet.restart(`${service}-1`);
    },
  },
];
