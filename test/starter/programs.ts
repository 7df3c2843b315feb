import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../containers/engine.ts';
import { askApplication, webApplications, webImage } from '../containers/web-applications.ts';
import { query, talk } from '../recordings/clients.ts';
import type { StarterSubject } from './document.ts';

/** One way in which the program is run. */
interface Variant {
  readonly options?: readonly string[];
  readonly command: readonly string[];
}

/** A program, run as people run it. */
export interface StarterProgram extends StarterSubject {
  image(engine: Engine): Promise<string>;
  /** One container of each, named NAME-1, NAME-2, … @param directory of the run, on the node */
  variants(directory: string, addressOf: (container: string) => string | undefined): readonly Variant[];
  /** Something that clients ask of it; `number` counts. */
  ask(host: string, number: number): Promise<void>;
  /** Something that its operators do, about once a minute. `pid` is the container's first process on the node. */
  tend(engine: Engine, container: string, pid: number, number: number): Promise<void>;
}

/** A directory of its own for what is mounted. */
export function runDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'anchorwatch-starter-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

const signal = (engine: Engine, container: string, name: string): Promise<string> =>
  engine.cli('kill', '--signal', name, container);

const proxyConfiguration = (upstream: string): string => `worker_processes 2;
user www-data;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
include /etc/nginx/modules-enabled/*.conf;
events { worker_connections 768; }
http {
  include /etc/nginx/mime.types;
  access_log /var/log/nginx/access.log;
  client_body_buffer_size 8k;
  server { listen 80; location / { proxy_pass http://${upstream}; proxy_buffers 4 4k; proxy_max_temp_file_size 1m; } }
}
`;

const nginx: StarterProgram = {
  name: 'nginx',
  about: 'nginx from Debian 12 (nginx-light): serves files, and as a reverse proxy; reloads, log rotation, restarts',
  programs: ['/usr/sbin/nginx', '/usr/local/nginx/sbin/nginx', '/usr/local/openresty/nginx/sbin/nginx'],
  images: ['nginx', 'openresty'],
  ofApplication: ['/srv/'],
  image: (engine) => engine.debianImage(),
  variants(directory, addressOf) {
    mkdirSync(join(directory, 'nginx'), { recursive: true });
    const configuration = join(directory, 'nginx', 'nginx.conf');
    writeFileSync(configuration, proxyConfiguration(addressOf('nginx-1') ?? '127.0.0.1:81'));
    const foreground = ['-g', 'daemon off;'];
    return [
      { options: ['--init'], command: ['/usr/sbin/nginx', ...foreground] },
      { command: ['/bin/sh', '-c', 'exec /usr/sbin/nginx -g "daemon off;"'] },
      {
        options: ['-v', `${configuration}:/etc/nginx/nginx.conf:ro`],
        command: ['/usr/sbin/nginx', ...foreground],
      },
    ];
  },
  async ask(host, number) {
    const timeout = AbortSignal.timeout(10_000);
    const post = number % 10 === 3 ? { method: 'POST', body: 'x'.repeat(60_000) } : {};
    const answer = await fetch(`http://${host}/${number % 7 === 5 ? 'missing' : ''}`, { ...post, signal: timeout });
    await answer.arrayBuffer();
  },
  async tend(engine, container, pid, number) {
    if (number % 2 === 0) {
      await signal(engine, container, 'HUP');
      return;
    }
    const log = `/proc/${pid}/root/var/log/nginx/access.log`;
    renameSync(log, `${log}.1`);
    await signal(engine, container, 'USR1');
  },
};

const redis: StarterProgram = {
  name: 'redis',
  about: 'redis from Debian 12: snapshots, an append-only file, and as a replica; rewrites, restarts',
  programs: [
    '/usr/bin/redis-check-rdb',
    '/usr/bin/redis-server',
    '/usr/local/bin/redis-server',
    '/opt/bitnami/redis/bin/redis-server',
  ],
  images: ['redis'],
  ofApplication: [],
  image: (engine) => engine.debianImage(),
  variants(_directory, addressOf) {
    const open = ['/usr/bin/redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--dir', '/var/lib/redis'];
    const [address = '127.0.0.1'] = (addressOf('redis-1') ?? '').split(':');
    return [
      { options: ['--init'], command: [...open, '--save', '10', '10'] },
      { command: [...open, '--appendonly', 'yes'] },
      { command: [...open, '--save', '20', '10', '--replicaof', address, '6379'] },
    ];
  },
  async ask(host, number) {
    await talk(host, [`SET key${number % 500} ${'x'.repeat(200)}`, `GET key${number % 99}`, 'INFO']);
  },
  async tend(engine, container, _pid, number) {
    const host = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', container);
    await talk(host, [number % 2 === 0 ? 'BGSAVE' : 'BGREWRITEAOF']);
  },
};

const postgresCommand = [
  ...['/usr/lib/postgresql/15/bin/postgres', '-D', '/var/lib/postgresql/15/main'],
  ...['-c', 'config_file=/etc/postgresql/15/main/postgresql.conf', '-c', 'listen_addresses=*', '-c', 'ssl=off'],
];

const postgres: StarterProgram = {
  name: 'postgres',
  about:
    'PostgreSQL 15 from Debian 12: tables written and read, sorts on disk, indexes, vacuum, checkpoints; reloads, restarts',
  programs: ['/usr/lib/postgresql/<n>/bin/postgres', '/usr/local/bin/postgres'],
  images: ['postgres', 'postgresql'],
  ofApplication: [],
  image: (engine) => engine.debianImage('postgresql'),
  variants(directory) {
    mkdirSync(join(directory, 'postgres'), { recursive: true });
    const access = join(directory, 'postgres', 'pg_hba.conf');
    writeFileSync(access, 'host all all all trust\n', { mode: 0o644 });
    const options = ['--user', 'postgres', '-v', `${access}:/etc/postgresql/15/main/pg_hba.conf:ro`];
    const more = ['-c', 'work_mem=64kB', '-c', 'autovacuum_naptime=5s', '-c', 'log_min_duration_statement=0'];
    return [
      { options: [...options, '--init'], command: postgresCommand },
      { options, command: [...postgresCommand, ...more] },
      { options, command: ['/bin/sh', '-c', `exec ${postgresCommand.join(' ').replace('*', "'*'")}`] },
    ];
  },
  async ask(host, number) {
    if (number === 0) await query(host, 'CREATE TABLE IF NOT EXISTS item (id serial, name text)');
    const sort = 'SELECT count(*) FROM (SELECT * FROM item ORDER BY name, id DESC) AS sorted';
    const write = 'INSERT INTO item (name) SELECT md5(random()::text) FROM generate_series(1, 20)';
    await query(host, number % 20 === 7 ? sort : `${write}; SELECT count(*) FROM item`);
  },
  async tend(engine, container, _pid, number) {
    const host = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', container);
    const deeds = ['VACUUM ANALYZE item', 'CREATE INDEX ON item (name)', 'CHECKPOINT', 'SELECT pg_reload_conf()'];
    await query(host, deeds[number % deeds.length] ?? 'CHECKPOINT');
  },
};

function application(
  name: 'node-web' | 'python-web',
  subject: Pick<StarterProgram, 'about' | 'programs' | 'images'>,
): StarterProgram {
  const kind = webApplications[name === 'node-web' ? 'node' : 'python'];
  return {
    name,
    ...subject,
    // Where an application keeps its things, and its port, are its own choice.
    ofApplication: ['/srv/', '/var/log/app.log', '/var/lib/', '8080/', '/tmp/*', '/tmp/upload-'],
    image: (engine) => webImage(engine, kind),
    variants: () => [{ options: ['--init'], command: kind.command }, { command: kind.command }],
    ask: (host, number) => askApplication(`http://${host}:8080`, number),
    async tend(engine, container, _pid, number) {
      // A process that is the first of its container dies of no signal that it does not handle.
      if (name === 'python-web' && number % 2 === 0)
        await signal(engine, container, container.endsWith('1') ? 'WINCH' : 'HUP');
    },
  };
}

export const starterPrograms: readonly StarterProgram[] = [
  nginx,
  redis,
  postgres,
  application('node-web', {
    about:
      'Node.js 18 from Debian 12 as a web server: files, compression, uploads, name lookups; restarts. What it knows is the runtime, not an application',
    programs: ['/usr/bin/node', '/usr/local/bin/node'],
    images: ['node'],
  }),
  application('python-web', {
    about:
      'Flask under Gunicorn on Python 3.11 from Debian 12: SQLite, uploads, name lookups; reloads, restarts. What it knows is the runtime, not an application',
    programs: ['/usr/bin/python<n>', '/usr/local/bin/python<n>'],
    images: ['python', 'gunicorn'],
  }),
];
