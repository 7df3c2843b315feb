import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';

/** What docker-compose.yml says of a service, as far as it decides about rights. */
interface Service {
  readonly command: readonly string[];
  readonly user?: string;
  readonly pid?: string;
  readonly uts?: string;
  readonly privileged?: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
  readonly read_only: boolean;
  readonly tmpfs: readonly string[];
  readonly volumes: readonly string[];
}

const root = new URL('../../', import.meta.url).pathname;
const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
  services: Readonly<Record<'agent' | 'collector', Service>>;
};
const missing = engineMissing();
const user = 10_001;
let engine: Engine;
let directory: string;
let url: string;

/** `docker run` as Compose would do it, but from the checkout and a plain Debian: no registry is needed. */
async function up(name: 'agent' | 'collector', image: string): Promise<void> {
  const service = services[name];
  const volumes = service.volumes.map((volume) => {
    const plain = volume.replace('${DOCKER_SOCKET:-/var/run/docker.sock}', engine.host.replace('unix://', ''));
    return plain.startsWith('/') ? plain : `${directory}/${plain}`;
  });
  await engine.cli(
    ...['run', '-d', '--name', `anchorwatch-${name}`],
    ...volumes.flatMap((volume) => ['-v', volume]),
    ...['-v', `${root}:/opt/anchorwatch:ro`, '-w', '/opt/anchorwatch', '-e', 'NODE_COMPILE_CACHE='],
    ...service.cap_drop.flatMap((capability) => ['--cap-drop', capability]),
    ...(service.cap_add ?? []).flatMap((capability) => ['--cap-add', capability]),
    ...service.security_opt.flatMap((option) => ['--security-opt', option]),
    ...service.tmpfs.flatMap((path) => ['--tmpfs', path]),
    ...(service.read_only ? ['--read-only'] : []),
    ...(service.user === undefined ? [] : ['--user', service.user]),
    ...(service.pid === undefined ? [] : ['--pid', service.pid]),
    ...(service.uts === undefined ? [] : ['--uts', service.uts]),
    ...(name === 'agent' ? ['--link', 'anchorwatch-collector:collector'] : []),
    image,
    ...['/opt/anchorwatch/node_modules/node/bin/node', 'src/cli/main.ts'],
    ...service.command,
  );
}

const log = (name: string): Promise<string> =>
  engine.docker.getContainer(name).logs({ stdout: true, stderr: true }).then(String);

beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-compose-'));
  for (const [volume, owner] of [
    ['collector-state', user],
    ['token', user],
    ['agent-state', 0],
  ] as const) {
    mkdirSync(join(directory, volume));
    chownSync(join(directory, volume), owner, owner);
  }
  const image = await engine.debianImage();
  await up('collector', image);
  await waitFor('the collector', async () => (await log('anchorwatch-collector')).includes('"ready":true'), 30_000);
  const address = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'anchorwatch-collector');
  url = `http://${address}:7080`;
  await up('agent', image);
  await waitFor('the agent', async () => (await log('anchorwatch-agent')).includes('"ready":true'), 30_000);
}, 180_000);
afterAll(async () => {
  if (missing !== undefined) return;
  await engine.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

test('the collector needs no right at all, the agent three capabilities and no privileged container', () => {
  expect(services.agent.privileged).toBeUndefined();
  expect(services.agent.cap_add).toEqual(['SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH']);
  expect([services.collector.cap_add, services.collector.user]).toEqual([undefined, `${user}:${user}`]);
});

test('with these rights every hook works, and what happens in a container is told', async () => {
  const node = await waitFor('the report of the agent', async () => {
    const { items } = (await (await fetch(`${url}/api/v1/nodes`)).json()) as {
      items: readonly { readonly reported?: { readonly hooksMissing: unknown; readonly hooksAttached: number } }[];
    };
    return items[0]?.reported;
  });
  expect(node.hooksMissing).toEqual([]);
  expect(node.hooksAttached).toBeGreaterThan(10);
  await engine.cli('run', '-d', '--name', 'victim', 'anchorwatch-test/debian:1', '/bin/sleep', '600');
  await waitFor('the container to be watched', async () => (await log('anchorwatch-agent')).includes('victim'));
  await engine.cli('exec', 'victim', '/bin/chmod', 'u+s', '/bin/true');
  const alert = await waitFor('the alert', async () => {
    const { items: alerts } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as {
      items: readonly { readonly key: string; readonly container: { readonly name: string } }[];
    };
    return alerts.find(({ key }) => key.startsWith('chmod set-id'));
  });
  expect(alert.container.name).toBe('victim');
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/anchorwatch_node_up\{node="[^"]+"\} 1/);
});

test('the agent’s own container is no news and is not watched', async () => {
  expect(await log('anchorwatch-agent')).toContain('this container is the agent itself');
  const { items } = (await (await fetch(`${url}/api/v1/alerts`)).json()) as {
    items: readonly { readonly container: { readonly name: string } }[];
  };
  expect(items.filter(({ container }) => container.name === 'anchorwatch-agent')).toEqual([]);
});
