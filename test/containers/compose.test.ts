import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';

/** What docker-compose.yml says of a service, as far as it decides about rights. */
interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly restart: string;
  readonly network_mode?: string;
  readonly mem_limit: string;
  readonly pids_limit: number;
  readonly cpus: number;
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly environment?: Readonly<Record<string, string>>;
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
  readonly volumes?: readonly string[];
}

const root = join(import.meta.dirname, '../..');
const composeText = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(composeText, { merge: true }) as { services: Readonly<Record<string, Service>> };
const longLived = Object.entries(services).filter(([, { restart }]) => restart !== 'no');
const missing = engineMissing();
let engine: Engine;
let url: string;
let token: string;

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
    const parts = ['package.json', 'package-lock.json', 'bin', 'src', 'profiles', 'docs', 'agents/sensor/sensor.bpf.o'];
    for (const path of [...parts, ...production.map(([name]) => name)]) {
      mkdirSync(dirname(join(context, path)), { recursive: true });
      cpSync(join(root, path), join(context, path), { recursive: true, filter: (file) => !file.endsWith('.test.ts') });
    }
    cpSync(process.execPath, join(context, 'node'));
    const dockerfile = readFileSync(join(root, 'agents/docker/Dockerfile'), 'utf8')
      .replace(/^RUN apt-get update .* libbpf1 .*$/m, 'COPY node /usr/local/bin/node')
      .replace(/^RUN npm ci --omit=dev .*$/m, 'COPY node /usr/local/bin/node\nCOPY node_modules node_modules');
    expect(dockerfile).not.toMatch(/apt-get|npm ci/);
    writeFileSync(join(context, 'Dockerfile'), dockerfile);
    await engine.cli('build', '-q', '--build-arg', `BASE_IMAGE=${base}`, '-t', 'anchorwatch:local', context);
    return 'anchorwatch:local';
  } finally {
    rmSync(context, { recursive: true });
  }
}

/** `docker run` as Compose would do it; of a service that ends by itself the answer is what it said. */
async function up(name: string, image: string): Promise<string> {
  const service = services[name];
  if (service === undefined) throw new Error(`there is no service ${name}`);
  const isOnce = service.restart === 'no';
  const volumes = (service.volumes ?? []).map((volume) =>
    volume
      .replace('${DOCKER_SOCKET:-/var/run/docker.sock}', engine.host.replace('unix://', ''))
      .replace(/^\.\//, `${root}/`),
  );
  const entrypoint = service.entrypoint ?? [];
  return engine.cli(
    ...['run', isOnce ? '--rm' : '-d', '--name', `anchorwatch-${name}`],
    ...(service.network_mode === undefined
      ? ['--network', 'anchorwatch', '--network-alias', name]
      : ['--network', service.network_mode]),
    ...volumes.flatMap((volume) => ['-v', volume]),
    ...service.cap_drop.flatMap((capability) => ['--cap-drop', capability]),
    ...(service.cap_add ?? []).flatMap((capability) => ['--cap-add', capability]),
    ...service.security_opt.flatMap((option) => ['--security-opt', option]),
    ...service.tmpfs.flatMap((path) => ['--tmpfs', path]),
    ...['--memory', service.mem_limit, '--pids-limit', String(service.pids_limit), '--cpus', String(service.cpus)],
    ...(service.read_only ? ['--read-only'] : []),
    ...(service.user === undefined ? [] : ['--user', service.user]),
    ...(service.pid === undefined ? [] : ['--pid', service.pid]),
    ...(service.uts === undefined ? [] : ['--uts', service.uts]),
    ...(service.cgroup === undefined ? [] : ['--cgroupns', service.cgroup]),
    ...(entrypoint[0] === undefined ? [] : ['--entrypoint', entrypoint[0]]),
    ...[image, ...entrypoint.slice(1), ...(service.command ?? []).map((part) => part.replace(/\$\{\w+:-(.*)\}/, '$1'))],
  );
}

/** What the service's health check says. */
async function health(name: string): Promise<number> {
  const [kind, ...command] = services[name]?.healthcheck?.test ?? [];
  const text = command.map((part) => part.replaceAll('$$', '$'));
  return engine
    .cli('exec', `anchorwatch-${name}`, ...(kind === 'CMD-SHELL' ? ['sh', '-c', ...text] : text))
    .then(() => 0)
    .catch((error: { readonly code?: number }) => error.code ?? -1);
}

const log = (name: string): Promise<string> =>
  engine.docker.getContainer(name).logs({ stdout: true, stderr: true }).then(String);
const ask = (path: string, secret = token): Promise<Response> =>
  fetch(`${url}${path}`, { headers: { authorization: `Bearer ${secret}` } });
const get = async <Body>(path: string): Promise<Body> => (await (await ask(path)).json()) as Body;

beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  const base = await engine.debianImage();
  const image = await buildImage(base);
  // Older than the agent; one of a user that is not the agent's.
  const listen = ['/bin/nc', '-l', '-k', '-p', '5555'];
  await engine.cli('run', '-d', '--name', 'older', base, ...listen);
  await engine.cli('run', '-d', '--name', 'older-of-user', '--user', '33', base, ...listen);
  await engine.cli('network', 'create', 'anchorwatch');
  for (const once of ['secrets', 'token-admin', 'token-metrics']) await up(once, image);
  await up('collector', image);
  await waitFor('the collector', async () => (await log('anchorwatch-collector')).includes('"ready":true'), 30_000);
  const address = await engine.cli(
    ...['inspect', '-f', '{{.NetworkSettings.Networks.anchorwatch.IPAddress}}', 'anchorwatch-collector'],
  );
  url = `http://${address}:7080`;
  token = await engine.cli('exec', 'anchorwatch-collector', 'cat', '/secrets/admin/token');
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

test('no service has more than it needs, none goes without limits, and only this machine reaches them', () => {
  expect(services['agent']?.cap_add).toEqual(['SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH']);
  expect(services['collector']?.user).toBe('10001:10001');
  for (const [name, service] of Object.entries(services)) {
    const { cap_drop, security_opt, read_only, privileged, cap_add, ports, image } = service;
    expect([name, cap_drop, security_opt, read_only]).toEqual([name, ['ALL'], ['no-new-privileges:true'], true]);
    expect([name, privileged, name === 'agent' || cap_add === undefined]).toEqual([name, undefined, true]);
    expect([service.mem_limit, service.pids_limit, service.cpus]).not.toContain(undefined);
    for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(image).toMatch(/^[\w./-]+:(?:local|v?\d+\.\d+\.\d+)$/);
    // A secret is a file: not a variable that every process and `docker inspect` shows.
    for (const variable of Object.keys(service.environment ?? {}))
      expect(variable).not.toMatch(/PASSWORD$|TOKEN$|SECRET$/);
  }
  expect(longLived.map(([name]) => name)).toEqual(['collector', 'agent', 'prometheus', 'alertmanager', 'grafana']);
  for (const [name, { healthcheck }] of longLived) expect([name, healthcheck?.test.length]).not.toContain(undefined);
});

test('Compose, Prometheus and Alertmanager take their files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-compose-'));
  try {
    // The Compose of Debian 12 is older than two keys of the agent's.
    writeFileSync(join(folder, 'docker-compose.yml'), composeText.replaceAll(/^ {4}(?:cgroup|uts): host\n/gm, ''));
    const known = execFileSync('docker-compose', ['config', '--services'], { cwd: folder, encoding: 'utf8' });
    expect(known.trim().split('\n').toSorted()).toEqual(Object.keys(services).toSorted());

    const files = join(root, 'agents/docker/compose');
    const prometheus = readFileSync(join(files, 'prometheus.yml'), 'utf8').replaceAll(
      '/secrets/metrics/',
      `${folder}/`,
    );
    writeFileSync(join(folder, 'prometheus.yml'), prometheus);
    writeFileSync(join(folder, 'token'), 'x');
    symlinkSync(join(root, 'dashboards/prometheus'), join(folder, 'rules'));
    const checked = execFileSync('promtool', ['check', 'config', join(folder, 'prometheus.yml')], { encoding: 'utf8' });
    expect(checked).toContain('SUCCESS: 5 rule files found');
    execFileSync('amtool', ['check-config', join(files, 'alertmanager.yml')]);
    execFileSync(process.execPath, [...[join(root, 'src/cli/main.ts'), 'routes', 'check', join(files, 'routes.yaml')]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('who has no token is not answered; what is secret is made once and is in nobody’s log', async () => {
  expect((await fetch(`${url}/api/v1/alerts`)).status).toBe(401);
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  const text = await engine.cli(
    ...['run', '--rm', '--network', 'none', '-v', 'secret-metrics:/secrets/metrics:ro', '--entrypoint', 'cat'],
    ...['anchorwatch:local', '/secrets/metrics/token'],
  );
  expect((await ask('/metrics', text.trim())).status).toBe(200);
  expect((await ask('/api/v1/tokens', text.trim())).status).toBe(403);
  for (const once of ['secrets', 'token-admin', 'token-metrics']) {
    const said = await up(once, 'anchorwatch:local');
    expect(said).not.toContain('is made');
    expect(said).not.toContain(token);
  }
  expect(await engine.cli('exec', 'anchorwatch-collector', 'cat', '/secrets/admin/token')).toBe(token);
  expect(`${await log('anchorwatch-collector')}${await log('anchorwatch-agent')}`).not.toContain(token.slice(-20));
});

test('health checks say that both are well, and the agent’s that it is not when it does not move', async () => {
  expect([await health('collector'), await health('agent')]).toEqual([0, 0]);
  const { Pid: pid } = (await engine.docker.getContainer('anchorwatch-agent').inspect()).State;
  process.kill(pid, 'SIGSTOP');
  try {
    await engine.cli('exec', 'anchorwatch-agent', 'touch', '-d', '10 minutes ago', '/agent/state/alive');
    expect(await health('agent')).not.toBe(0);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await waitFor('its next sign of life', async () => (await health('agent')) === 0);
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
  expect(await (await ask('/metrics')).text()).toMatch(/anchorwatch_node_up\{node="[^"]+"\} 1/);
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

test('our own practices have nothing grave to say of the collector’s container', async () => {
  interface Finding {
    readonly check: string;
    readonly result: string;
    readonly severity: string;
  }
  const findings = await waitFor('the findings of the collector', async () => {
    const { items } = await get<{ items: readonly Finding[] }>(
      '/api/v1/posture?container=anchorwatch-collector&result=all&limit=500',
    );
    return items.length > 10 && items;
  });
  // With cgroup v1 the engine leaves it the node's cgroup namespace: a notice.
  const failed = findings.filter(({ result, severity }) => result === 'fail' && severity !== 'notice');
  expect(failed).toEqual([]);
  expect(findings.filter(({ result }) => result === 'pass').length).toBeGreaterThan(10);
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
