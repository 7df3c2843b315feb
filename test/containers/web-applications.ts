import type { Engine } from './engine.ts';
import { waitFor } from '../support/wait.ts';

/** JavaScript: pages, uploads to a temporary directory, a log; and `/run?CODE`, the hole: it evaluates what it is sent. */
const nodeSource = `'use strict';
const crypto = require('node:crypto'), dns = require('node:dns'), fs = require('node:fs'), http = require('node:http'), zlib = require('node:zlib');
const page = () => fs.readFileSync('/srv/app/server.js', 'utf8').slice(0, 200);
http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  fs.appendFile('/var/log/app.log', request.method + ' ' + url.pathname + '\\n', () => {});
  if (url.pathname === '/run') { response.end(String(new Function('require', 'return ' + decodeURIComponent(url.search.slice(1)))(require))); return; }
  if (url.pathname === '/lookup') { dns.lookup('localhost', () => response.end('found\\n')); return; }
  if (request.method !== 'POST') { zlib.gzip(page(), (_, packed) => response.end(packed)); return; }
  const file = '/tmp/upload-' + crypto.randomUUID();
  const sink = fs.createWriteStream(file);
  request.pipe(sink).on('finish', () => fs.unlink(file, () => response.end('kept\\n')));
}).listen(8080, '0.0.0.0');
`;

/** Python: the same, of Flask under Gunicorn, with a SQLite file. */
const pythonSource = `import hashlib, json, os, sqlite3, tempfile
from flask import Flask, request
app = Flask(__name__)
def database():
    connection = sqlite3.connect('/var/lib/app.db', timeout=30)
    connection.execute('create table if not exists visit (path text)')
    return connection
@app.route('/')
def page():
    with database() as connection:
        connection.execute('insert into visit values (?)', (request.path,))
        visits, = connection.execute('select count(*) from visit').fetchone()
    return json.dumps({'visits': visits, 'tag': hashlib.sha256(b'page').hexdigest()})
@app.route('/', methods=['POST'])
def upload():
    with tempfile.NamedTemporaryFile(prefix='upload-') as file:
        file.write(request.get_data())
    return 'kept'
@app.route('/lookup')
def lookup():
    import socket
    return str(socket.getaddrinfo('localhost', 80)[0][4])
@app.route('/run')
def run():
    return str(eval(request.query_string and __import__('urllib.parse').parse.unquote(request.query_string.decode())))
`;

/** A web application with a hole. */
export interface WebApplication {
  /** Has the application evaluate an expression of its language; answers what it said. */
  exploit(expression: string): Promise<string>;
  startLoad(): void;
  stopLoad(): void;
}

export interface WebApplicationKind {
  /** Debian's packages that it needs. */
  readonly packages: readonly string[];
  readonly path: string;
  readonly source: string;
  readonly command: readonly string[];
}

export const webApplications: Readonly<Record<'node' | 'python', WebApplicationKind>> = {
  node: {
    packages: ['nodejs'],
    path: '/srv/app/server.js',
    source: nodeSource,
    command: ['/usr/bin/node', '/srv/app/server.js'],
  },
  python: {
    packages: ['gunicorn', 'python3-flask'],
    path: '/srv/app/shop.py',
    source: pythonSource,
    command: [
      ...['/usr/bin/python3', '/usr/bin/gunicorn', '--chdir', '/srv/app', '--bind', '0.0.0.0:8080', '--workers', '2'],
      ...['--access-logfile', '/var/log/app.log', 'shop:app'],
    ],
  },
};

/** The image of an application. */
export async function webImage(engine: Engine, { packages, path, source }: WebApplicationKind): Promise<string> {
  return engine.withFile(await engine.debianImage(...packages), path, source);
}

/** Asks a web application for pages, uploads, and now and then for a name: once. Rejects when it does not answer. */
export async function askApplication(url: string, number: number): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  const post = number % 3 === 1 ? { method: 'POST', body: 'x'.repeat(100_000) } : {};
  const answer = await fetch(number % 50 === 2 ? `${url}/lookup` : `${url}/`, { ...post, signal });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
}

/** Starts a container of the application; answers when that serves. */
export async function openWebApplication(
  engine: Engine,
  kind: WebApplicationKind,
  name: string,
): Promise<WebApplication> {
  const image = await webImage(engine, kind);
  await engine.cli('run', '-d', '--init', '--name', name, image, ...kind.command);
  const host = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', name);
  const url = `http://${host}:8080`;
  await waitFor(
    `${name} to answer`,
    () =>
      askApplication(url, 0).then(
        () => true,
        () => false,
      ),
    60_000,
  );
  let [timer, asked]: [NodeJS.Timeout | undefined, number] = [undefined, 0];
  return {
    async exploit(expression) {
      const answer = await fetch(`${url}/run?${encodeURIComponent(expression)}`, {
        signal: AbortSignal.timeout(30_000),
      });
      return answer.text();
    },
    startLoad() {
      timer = setInterval(() => {
        askApplication(url, asked++).catch(() => undefined);
      }, 100);
    },
    stopLoad: () => {
      clearInterval(timer);
    },
  };
}
