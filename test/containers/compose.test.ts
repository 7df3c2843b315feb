import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
  readonly cgroup?: string;
  readonly privileged?: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
  readonly read_only: boolean;
  readonly tmpfs: readonly string[];
  readonly volumes: readonly string[];
}

const root = join(import.meta.dirname, '../..');
const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
  services: Readonly<Record<'agent' | 'collector', Service>>;
};
const missing = engineMissing();
let engine: Engine;
let url: string;

/**
 * The image of agents/docker/Dockerfile from the checkout and a plain Debian. Without a registry: what the Dockerfile installs by apt-get
 * is in the base, what it installs by npm is copied from node_modules.
 */
async function buildImage(base: string): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'anchorwatch-image-'));
  try {
    const lock = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: Readonly<Record<string, { dev?: boolean; devOptional?: boolean }>>;
    };
    const production = Object.entries(lock.packages).filter(
      ([path, { dev, devOptional }]) => path !== '' && path !== 'node_modules/node' && !dev && !devOptional,
    );
    const parts = ['package.json', 'package-lock.json', 'bin', 'src', 'profiles', 'agents/sensor/sensor.bpf.o'];
    for (const path of [...parts, ...production.map(([name]) => name)]) {
      mkdirSync(dirname(join(context, path)), { recursive: true });
      cpSync(join(root, path), join(context, path), { recursive: true, filter: (file) => !file.endsWith('.test.ts') });
    }
    cpSync(process.execPath, join(context, 'node'));
    const dockerfile = readFileSync(join(root, 'agents/docker/Dockerfile'), 'utf8')
      .replace(/^RUN apt-get update .* libbpf1 .*$/m, 'COPY node /usr/local/bin/node')
      .replace(/^RUN npm ci --omit=dev .*$/m, 'COPY node_modules node_modules');
    expect(dockerfile).not.toMatch(/apt-get|npm ci/);
    writeFileSync(join(context, 'Dockerfile'), dockerfile);
    await engine.cli('build', '-q', '--build-arg', `BASE_IMAGE=${base}`, '-t', 'anchorwatch:local', context);
    return 'anchorwatch:local';
  } finally {
    rmSync(context, { recursive: true });
  }
}

/** `docker run` as Compose would do it. */
async function up(name: 'agent' | 'collector', image: string): Promise<void> {
  const service = services[name];
  const volumes = service.volumes.map((volume) =>
    volume.replace('${DOCKER_SOCKET:-/var/run/docker.sock}', engine.host.replace('unix://', '')),
  );
  await engine.cli(
    ...['run', '-d', '--name', `anchorwatch-${name}`],
    ...volumes.flatMap((volume) => ['-v', volume]),
    ...service.cap_drop.flatMap((capability) => ['--cap-drop', capability]),
    ...(service.cap_add ?? []).flatMap((capability) => ['--cap-add', capability]),
    ...service.security_opt.flatMap((option) => ['--security-opt', option]),
    ...service.tmpfs.flatMap((path) => ['--tmpfs', path]),
    ...(service.read_only ? ['--read-only'] : []),
    ...(service.user === undefined ? [] : ['--user', service.user]),
    ...(service.pid === undefined ? [] : ['--pid', service.pid]),
    ...(service.uts === undefined ? [] : ['--uts', service.uts]),
    ...(service.cgroup === undefined ? [] : ['--cgroupns', service.cgroup]),
    ...(name === 'agent' ? ['--link', 'anchorwatch-collector:collector'] : []),
    image,
    ...service.command,
  );
}

const log = (name: string): Promise<string> =>
  engine.docker.getContainer(name).logs({ stdout: true, stderr: true }).then(String);
const get = async <Body>(path: string): Promise<Body> => (await (await fetch(`${url}${path}`)).json()) as Body;

beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  const base = await engine.debianImage();
  const image = await buildImage(base);
  // Older than the agent; one of a user that is not the agent's.
  const listen = ['/bin/nc', '-l', '-k', '-p', '5555'];
  await engine.cli('run', '-d', '--name', 'older', base, ...listen);
  await engine.cli('run', '-d', '--name', 'older-of-user', '--user', '33', base, ...listen);
  await up('collector', image);
  await waitFor('the collector', async () => (await log('anchorwatch-collector')).includes('"ready":true'), 30_000);
  const address = await engine.cli('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'anchorwatch-collector');
  url = `http://${address}:7080`;
  await up('agent', image);
  await waitFor('the agent', async () => (await log('anchorwatch-agent')).includes('"ready":true'), 30_000);
}, 420_000);
afterAll(async () => {
  if (missing !== undefined) return;
  await engine.stop();
});
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

test('the collector needs no right at all, the agent three capabilities and no privileged container', () => {
  expect(services.agent.privileged).toBeUndefined();
  expect(services.agent.cap_add).toEqual(['SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH']);
  expect([services.collector.cap_add, services.collector.user]).toEqual([undefined, '10001:10001']);
});

test('with these rights every hook works, and what happens in a container is told', async () => {
  const node = await waitFor('the report of the agent', async () => {
    const { items } = await get<{
      items: readonly {
        readonly reported?: {
          readonly hooksMissing: unknown;
          readonly hooksAttached: number;
          readonly unseenContainers: number;
        };
      }[];
    }>('/api/v1/nodes');
    return items[0]?.reported;
  });
  expect(node).toMatchObject({ hooksMissing: [], unseenContainers: 0 });
  expect(node.hooksAttached).toBeGreaterThan(10);
  await engine.cli('run', '-d', '--name', 'victim', 'anchorwatch-test/debian:1', '/bin/sleep', '600');
  await waitFor('the container to be watched', async () => (await log('anchorwatch-agent')).includes('victim'));
  await engine.cli('exec', 'victim', '/bin/chmod', 'u+s', '/bin/true');
  const alert = await waitFor('the alert', async () => {
    const { items: alerts } = await get<{
      items: readonly { readonly key: string; readonly container: { readonly name: string } }[];
    }>('/api/v1/alerts');
    return alerts.find(({ key }) => key.startsWith('chmod set-id'));
  });
  expect(alert.container.name).toBe('victim');
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/anchorwatch_node_up\{node="[^"]+"\} 1/);
});

test.each(['older', 'older-of-user'])('what runs in %s, which is older than the agent, is known', async (name) => {
  const keys = await waitFor(`the profile of ${name}`, async () => {
    const { items } = await get<{ items: readonly { readonly id: string; readonly name: string }[] }>(
      '/api/v1/workloads',
    );
    const id = items.find((workload) => workload.name.endsWith(`/${name}`))?.id;
    if (id === undefined) return undefined;
    const { features } = await get<{ features: readonly { readonly key: string }[] }>(
      `/api/v1/workloads/${id}/profile`,
    );
    return features.length > 0 && features.map(({ key }) => key);
  });
  // Reading these takes SYS_PTRACE, and of another user's process DAC_READ_SEARCH.
  expect(keys).toContain('/usr/bin/nc.openbsd');
  expect(keys).toContain('5555/tcp');
});

test('the agent’s own container is no news and is not watched', async () => {
  expect(await log('anchorwatch-agent')).toContain('this container is the agent itself');
  const { items } = await get<{ items: readonly { readonly container: { readonly name: string } }[] }>(
    '/api/v1/alerts',
  );
  expect(items.filter(({ container }) => container.name === 'anchorwatch-agent')).toEqual([]);
});

test('stopped by the engine, both end by themselves and say so', async () => {
  await engine.cli('stop', 'anchorwatch-agent', 'anchorwatch-collector');
  for (const name of ['anchorwatch-agent', 'anchorwatch-collector']) {
    const { State: state } = await engine.docker.getContainer(name).inspect();
    expect([name, state.ExitCode]).toEqual([name, 0]);
  }
});
