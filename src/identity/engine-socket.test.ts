import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ListenOptions } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { engineAddress } from './engine-socket.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'anchorwatch-socket-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** An HTTP server that knows of one container. Answers its port. */
async function engineAt(options: ListenOptions): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('[{"Id":"one"}]');
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, resolve);
  });
  const address = server.address();
  return typeof address === 'string' ? 0 : (address?.port ?? 0);
}

async function containersAt(host: string): Promise<readonly string[]> {
  const client = engineAddress(host, {}).connect();
  const answer = await client.json('/containers/json', AbortSignal.timeout(10_000));
  return (answer as readonly { readonly Id: string }[]).map(({ Id }) => Id);
}

/** Where the client would go. */
function endpoint(host: string, env: Readonly<Record<string, string>> = {}): unknown {
  return engineAddress(host, env).connect().endpoint;
}

test('what is asked for comes before DOCKER_HOST', () => {
  const env = { DOCKER_HOST: 'unix:///b.sock' };
  expect(engineAddress('unix:///a.sock', env).text).toBe('unix:///a.sock');
  expect(engineAddress('/a.sock', env).text).toBe('unix:///a.sock');
  expect(engineAddress(undefined, env).text).toBe('unix:///b.sock');
  expect(engineAddress(undefined, { DOCKER_HOST: 'tcp://10.0.0.1:2375' }).text).toBe('tcp://10.0.0.1:2375');
});

test('without either it is a usual socket that exists', () => {
  const runtime = folder();
  const found = (): string => engineAddress(undefined, { XDG_RUNTIME_DIR: runtime }).text;
  const system = engineAddress('', { DOCKER_HOST: '' }).text;
  expect(['unix:///var/run/docker.sock', 'unix:///run/podman/podman.sock']).toContain(system);
  expect(found()).toBe(system);
  mkdirSync(join(runtime, 'podman'));
  writeFileSync(join(runtime, 'podman', 'podman.sock'), '');
  // A rootless engine's, unless the system's own is there.
  expect(found()).toBe(existsSync(system.slice('unix://'.length)) ? system : `unix://${runtime}/podman/podman.sock`);
});

test('a usual socket that appears later is found then, and stays the one as long as it is there', () => {
  const runtime = folder();
  const address = engineAddress(undefined, { XDG_RUNTIME_DIR: runtime });
  const { endpoint: place } = address.connect();
  const reached = (): readonly unknown[] => [address.text, { ...place }];
  const at = (path: string): readonly unknown[] => [`unix://${path}`, { socketPath: path }];
  const system = address.text.slice('unix://'.length);
  const [docker, podman] = [join(runtime, 'docker.sock'), join(runtime, 'podman', 'podman.sock')];
  mkdirSync(join(runtime, 'podman'));
  writeFileSync(podman, '');
  expect(reached()).toEqual(at(existsSync(system) ? system : podman));
  writeFileSync(docker, '');
  expect(reached()).toEqual(at(existsSync(system) ? system : podman));
  rmSync(podman);
  expect(reached()).toEqual(at(existsSync(system) ? system : docker));
});

test('an engine is reached at its socket, by name and by address', async () => {
  const path = join(folder(), 'engine.sock');
  await engineAt({ path });
  expect(await containersAt(`unix://${path}`)).toEqual(['one']);
  expect(await containersAt(path)).toEqual(['one']);
  const port = await engineAt({ host: '127.0.0.1', port: 0 });
  expect(await containersAt(`tcp://127.0.0.1:${port}`)).toEqual(['one']);
  expect(await containersAt(`http://localhost:${port}`)).toEqual(['one']);
});

test('an IPv6 address needs its brackets in the URL only', async (context) => {
  const port = await engineAt({ host: '::1', port: 0 }).catch(() => undefined);
  if (port === undefined) context.skip('this machine has no IPv6 loopback');
  expect(await containersAt(`tcp://[::1]:${String(port)}`)).toEqual(['one']);
});

test.each([
  ['tcp://node', { host: 'node', port: 2375, protocol: 'http' }],
  ['tcp://node:80', { host: 'node', port: 80, protocol: 'http' }],
  ['tcp://[fe80::1]:2375', { host: 'fe80::1', port: 2375, protocol: 'http' }],
  ['http://node', { host: 'node', port: 80, protocol: 'http' }],
  ['https://node', { host: 'node', port: 443, protocol: 'https' }],
  ['https://node:2376', { host: 'node', port: 2376, protocol: 'https' }],
])('%s', (host, expected) => {
  expect(endpoint(host)).toMatchObject(expected);
});

test('DOCKER_TLS_VERIFY and DOCKER_CERT_PATH are what they are to the docker command', () => {
  const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
  const secure = { protocol: 'https', certificates: '/certs' };
  expect(endpoint('tcp://node:2376', env)).toMatchObject({ host: 'node', port: 2376, ...secure });
  expect(endpoint('http://node', env)).toMatchObject({ protocol: 'http' });
  expect(endpoint('tcp://node:2376', { DOCKER_TLS_VERIFY: '' })).toMatchObject({ protocol: 'http' });
});
