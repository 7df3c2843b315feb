import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, type SeenAlert, startProduct } from './product.ts';

/** Short slices: a minute holds the evidence of an hour. */
const options = ['--slice', '1s', '--startup', '2s'] as const;
/** What a person does to a container counts where the container is known (`settled` in docs/rules.md): by so many samples here. */
const settledSamples = 46;
/** What it does for the first time long after its own beginning is known to the kernel. */
const lateCheck = 'test ! -e /tmp/late || wget -q -O /dev/null http://127.0.0.1:9/ || cat /etc/group';
/** The shell is killed, what it started goes on. */
const slowCheck = "sh -c 'sleep 3; wget -q -O /dev/null http://127.0.0.1:9/; cat /etc/passwd'; exit 0";
/** The first health check falls into steady state, where what is new is suspicious. */
const healthInterval = '48s';
const sleeper = ['sleep', '600'] as const;

interface WorkloadFeature {
  readonly dimension: string;
  readonly key: string;
  readonly state: string;
}

let engine: Engine;
let product: Product;
let image = '';
let scratch = '';

const missing = engineMissing();

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-lifecycle-'));
  engine = await startEngine();
  image = await engine.busyboxImage();
  product = await startProduct(engine.host, options);
  await run('desk', []);
  await run('probe', ['--health-cmd', 'echo alive && cat /etc/passwd', '--health-interval', healthInterval]);
  await run('late', ['--health-cmd', lateCheck, '--health-interval', '2s']);
  await run('slow', ['--health-cmd', slowCheck, '--health-interval', healthInterval, '--health-timeout', '1s']);
  await runChecked('scripted', ['/srv/check', 'all']);
}, 300_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
  if (scratch !== '') rmSync(scratch, { recursive: true, force: true });
}, 120_000);

/** Starts a container whose image's health check is executed without a shell, as `HEALTHCHECK CMD ["…"]` says; it has the script for it. */
async function runChecked(name: string, command: readonly string[]): Promise<void> {
  const script = '#!/bin/sh -e\ncat /etc/passwd > /dev/null\nwget -q -O /dev/null http://127.0.0.1:9/ || exit 0\n';
  const made = await engine.withFile(image, '/srv/check', script);
  const scripted = 'anchorwatch-test/busybox:scripted';
  await engine.cli('run', '--name', 'chmod', made, 'chmod', '755', '/srv/check');
  await engine.cli('commit', 'chmod', scripted);
  await engine.cli('rm', 'chmod');
  const check = { Test: ['CMD', ...command], Interval: 48e9 };
  const container = await engine.docker.createContainer({
    name,
    Image: scripted,
    Cmd: [...sleeper],
    Healthcheck: check,
  });
  await container.start();
}

/** Starts a container in the background; its workload is its own, by its name. */
async function run(name: string, flags: readonly string[], command: readonly string[] = sleeper): Promise<void> {
  await engine.cli('run', '-d', '--name', name, ...flags, image, ...command);
}

const lifecycleAlerts = (name: string): readonly SeenAlert[] =>
  product.alerts.filter(({ dimension, container }) => dimension === 'lifecycle' && container.name === name);

const lifecycleAlert = (name: string, key: string): Promise<SeenAlert> =>
  waitFor(`the alert ${key} of ${name}`, () => lifecycleAlerts(name).find((alert) => alert.key === key));

/** What is known of the workload that only the container `name` belongs to. */
async function features(name: string): Promise<readonly WorkloadFeature[]> {
  const { items } = await product.get<{ items: { id: string; name: string }[] }>('/api/v1/workloads');
  const id = items.find((workload) => workload.name === `anchorwatch-test/busybox/${name}`)?.id;
  if (id === undefined) return [];
  return (await product.get<{ features?: WorkloadFeature[] }>(`/api/v1/workloads/${id}/profile`)).features ?? [];
}

async function lifecycleKeys(name: string): Promise<readonly string[]> {
  return (await features(name)).filter(({ dimension }) => dimension === 'lifecycle').map(({ key }) => key);
}

const lifecycleFeature = (name: string, key: string, timeoutMs?: number): Promise<true> =>
  waitFor(`the feature ${key} of ${name}`, async () => (await lifecycleKeys(name)).includes(key), timeoutMs);

async function steadySamples(name: string): Promise<number> {
  const { items } = await product.get<{ items: { name: string; samples: { steady: number } }[] }>('/api/v1/workloads');
  return items.find((workload) => workload.name.endsWith(`/${name}`))?.samples.steady ?? 0;
}

describe('a container that lives for milliseconds', () => {
  test('docker run --rm IMAGE true: what each did is told of its own container, nothing is lost', async () => {
    const names = Array.from({ length: 6 }, (_, number) => `brief-${'abcdef'.charAt(number)}`);
    await Promise.all(names.map((name) => engine.cli('run', '--rm', '--name', name, image, 'true')));
    for (const name of names) {
      const programs = await waitFor(`what ${name} ran`, async () => {
        const found = (await features(name)).filter(({ dimension }) => dimension === 'exec');
        return found.length > 0 && found;
      });
      expect(programs.map(({ key }) => key)).toEqual(['/bin/busybox true', 'runtime > /bin/busybox true']);
      // `docker run` attaches itself before the start: nobody did anything to a running container.
      expect(await lifecycleKeys(name)).toEqual([]);
    }
  });
});

describe('a dangerous configuration', () => {
  const cases = [
    { what: 'the pid namespace of the node', name: 'seer', flags: ['--pid', 'host'], key: 'host-namespace-start:pid' },
    { what: 'the network of the node', name: 'wire', flags: ['--network', 'host'], key: 'host-namespace-start:net' },
    { what: 'a path of the node', name: 'lodger', flags: ['-v', '/etc/cron.d:/x'], key: 'host-path-mount:/etc/cron.d' },
  ] as const;

  test.for(cases)('$what is an alert when the container starts', async ({ name, flags, key }) => {
    await run(name, flags);
    const alert = await lifecycleAlert(name, key);
    expect(alert.rules.length).toBeGreaterThan(0);
    expect(alert.workload.name).toBe(`anchorwatch-test/busybox/${name}`);
    expect(lifecycleAlerts(name)).toHaveLength(1);
  });

  test('--privileged is an alert, also where the machine is too confined itself to start such a container', async () => {
    await run('mighty', ['--privileged']).catch(() => undefined);
    expect((await lifecycleAlert('mighty', 'privileged-start')).rules).toEqual(['privileged-start']);
    expect(lifecycleAlerts('mighty')).toHaveLength(1);
  });

  test("the engine's socket, mounted, is an alert", async () => {
    const socket = engine.host.replace('unix://', '');
    await run('steward', ['-v', `${socket}:/var/run/docker.sock`]);
    const alert = await lifecycleAlert('steward', `engine-socket-mount:${socket}`);
    expect(alert.rules).toEqual(['engine-socket-mount']);
  });

  test('a path of the node that may only be read is remembered and is no alert', async () => {
    await run('reader', ['-v', '/etc:/x:ro']);
    await lifecycleFeature('reader', 'host-path-mount:/etc (read-only)');
    expect(lifecycleAlerts('reader')).toEqual([]);
  });

  test('of a container that was only created is told before it runs, and not again when it does', async () => {
    await engine.cli('create', '--name', 'sleeping', '-v', '/root:/x', '--pid', 'host', image, ...sleeper);
    await lifecycleAlert('sleeping', 'host-path-mount:/root');
    await lifecycleAlert('sleeping', 'host-namespace-start:pid');
    expect(await engine.cli('inspect', '-f', '{{.State.Status}}', 'sleeping')).toBe('created');

    await engine.cli('start', 'sleeping');
    await waitFor('the start', () => /"container":"sleeping"[^\n]*container watched/.test(product.log()));
    // Whatever the start had to say comes before what a later one says.
    await run('watchman', ['--pid', 'host']);
    await lifecycleAlert('watchman', 'host-namespace-start:pid');
    expect(lifecycleAlerts('sleeping').map(({ key }) => key)).toEqual([
      'host-namespace-start:pid',
      'host-path-mount:/root',
    ]);
    const { items } = await product.get<{ items: { count: number; container: { name: string } }[] }>('/api/v1/alerts');
    expect(items.filter(({ container }) => container.name === 'sleeping').map(({ count }) => count)).toEqual([1, 1]);
  });

  test('a file copied into a container that was only created is remembered', async () => {
    await engine.cli('create', '--name', 'packed', image, ...sleeper);
    await engine.cli('cp', '/etc/hostname', 'packed:/tmp/hostname');
    await lifecycleFeature('packed', 'archive:in');
  });
});

describe('what becomes of a container', () => {
  test('killed for want of memory: remembered, no alert', async () => {
    const eater = 'x=$(tail -c 200m /dev/zero | tr "\\0" x)';
    await run('glutton', ['-m', '16m', '--memory-swap', '16m'], ['sh', '-c', eater]);
    await lifecycleFeature('glutton', 'oom', 60_000);
    expect(lifecycleAlerts('glutton')).toEqual([]);
  }, 90_000);

  test('a restart loop: a notice', async () => {
    await run('hiccup', ['--restart', 'on-failure:3'], ['false']);
    expect(await lifecycleAlert('hiccup', 'restart-loop')).toMatchObject({ severity: 'notice' });
  }, 30_000);

  test('a new image under the same name: the workload is the same, the change is remembered, no alert', async () => {
    await run('release-1', []);
    await waitFor('the workload', async () => (await features('release')).length > 0);
    const next = await engine.withFile(image, '/srv/version', '2');
    await engine.cli('rm', '-f', 'release-1');
    await engine.cli('tag', next, 'anchorwatch-test/busybox:2');
    await engine.cli('run', '-d', '--name', 'release-2', 'anchorwatch-test/busybox:2', ...sleeper);
    await lifecycleFeature('release', 'image-change');
    expect(lifecycleAlerts('release-2')).toEqual([]);
  });
});

const alarms = (): readonly SeenAlert[] => product.alerts.filter(({ severity }) => severity !== 'notice');

describe('what a person does to a running container that is known', () => {
  beforeAll(async () => {
    if (missing !== undefined) return;
    await waitFor('enough samples', async () => (await steadySamples('desk')) >= settledSamples, 90_000);
  }, 100_000);

  test('docker exec: remembered with the program and without its arguments, no alert', async () => {
    await engine.cli('exec', 'desk', 'env', 'PASSWORD=correct-horse', 'true');
    await lifecycleFeature('desk', 'exec-create:env');
    await waitFor('what it ran', async () =>
      (await features('desk')).some(({ key }) => key.includes('runtime > /bin/busybox env')),
    );
    expect(JSON.stringify(await features('desk'))).not.toContain('correct-horse');
  });

  test('docker attach: remembered, no alert', async () => {
    const stream = await engine.docker.getContainer('desk').attach({ stream: true, stdout: true });
    await lifecycleFeature('desk', 'attach');
    (stream as unknown as { destroy(): void }).destroy();
  });

  test('docker cp, in and out: remembered, no alert', async () => {
    await engine.cli('cp', '/etc/hostname', 'desk:/tmp/hostname');
    await lifecycleFeature('desk', 'archive:in');
    await engine.cli('cp', 'desk:/etc/passwd', join(scratch, 'passwd'));
    await lifecycleFeature('desk', 'archive:out');
    // What `env` ran is a first use, which is a notice.
    expect(alarms().filter(({ container }) => container.name === 'desk')).toEqual([]);
  });
});

test('a health check that runs for the first time in a container that is known is nobody doing anything', async () => {
  const checks = (): Promise<string> => engine.cli('inspect', '-f', '{{len .State.Health.Log}}', 'probe');
  await waitFor('the health check', async () => Number(await checks()) > 0, 60_000);
  // What it ran has been seen: had its start been an alert, that would have come first.
  await waitFor('its programs', async () =>
    (await features('probe')).some(({ dimension, key }) => dimension === 'exec' && key.includes('busybox cat')),
  );
  expect(await lifecycleKeys('probe')).toEqual([]);
  expect(product.alerts.filter(({ container }) => container.name === 'probe')).toEqual([]);
}, 90_000);

test.for([
  { name: 'late', what: 'that does something new although its shell is known' },
  { name: 'slow', what: 'that took too long, so that what it started outlives it' },
  { name: 'scripted', what: 'that is a script and executed without a shell' },
])('the health check of $name, $what, is no alert', { timeout: 180_000 }, async ({ name }) => {
  const inspect = (format: string): Promise<string> => engine.cli('inspect', '-f', format, name);
  await waitFor('enough samples', async () => (await steadySamples(name)) >= settledSamples, 90_000);
  if (name === 'late') writeFileSync(`/proc/${await inspect('{{.State.Pid}}')}/root/tmp/late`, '');
  await waitFor(
    'its programs',
    async () => (await features(name)).some(({ key }) => key.includes('busybox wget')),
    90_000,
  );
  await waitFor('its last words', async () => Number(await inspect('{{len .State.Health.Log}}')) > 0, 60_000);
  const alerts = product.alerts.filter(({ container }) => container.name === name);
  expect(alerts.map(({ key, rules, process }) => [key, rules, process])).toEqual([]);
});

test('no event was lost on the way, and no other container was blamed', async () => {
  const blamed = new Set(alarms().map(({ container }) => container.name));
  expect([...blamed].toSorted()).toEqual(
    ['lodger', 'mighty', 'seer', 'sleeping', 'steward', 'watchman', 'wire'].toSorted(),
  );
  const lost = (await product.metrics())
    .split('\n')
    .filter((line) => line.startsWith('anchorwatch_sensor_lost_total') && !line.endsWith(' 0'));
  expect(lost).toEqual([]);
});

test('a restart of the agent tells nothing again of containers that it has told of', async () => {
  const { state } = product;
  const before = product.alerts.map(({ id }) => id);
  await product.kill('SIGTERM');
  product = await startProduct(engine.host, options, state);
  await waitFor('the old alerts', () => product.alerts.length >= before.length);
  // A new one is still told, and comes after whatever the start had to say.
  await run('newcomer', ['--pid', 'host']);
  await lifecycleAlert('newcomer', 'host-namespace-start:pid');
  expect(product.alerts.filter(({ id }) => !before.includes(id)).map(({ container }) => container.name)).toEqual([
    'newcomer',
  ]);
}, 60_000);
