import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { engineMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Product, type SeenAlert, startProduct } from './product.ts';

/** Short slices: a minute holds the evidence of an hour. */
const options = ['--sensor', 'procfs', '--slice', '1s', '--startup', '2s'] as const;
/** What is new counts where the container is known (`settled` in docs/rules.md): by so many samples here. */
const settledSamples = 46;
const server = ['httpd', '-f', '-p', '8080', '-h', '/srv'] as const;

let engine: Engine;
let product: Product;
let image = '';

const missing = engineMissing();

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});
beforeAll(async () => {
  if (missing !== undefined) return;
  engine = await startEngine();
  image = await engine.busyboxImage();
  // Older than the agent by more than the engine may be late.
  await engine.cli('run', '-d', '--name', 'old', image, ...server);
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  product = await startProduct(engine.host, options);
  await engine.cli('run', '-d', '--name', 'peer', image, 'httpd', '-f', '-p', '3333');
  await engine.cli('run', '-d', '--name', 'web', image, ...server);
  await waitFor('enough samples', async () => (await workload('web')).samples.steady >= settledSamples, 120_000);
}, 300_000);
afterAll(async () => {
  await product?.stop();
  await engine?.stop();
}, 120_000);

interface Workload {
  readonly id: string;
  readonly name: string;
  readonly samples: { readonly startup: number; readonly steady: number };
  readonly dimensions: readonly WorkloadDimension[];
  readonly unobserved: readonly { readonly dimension: string; readonly reason: string }[];
}

interface WorkloadDimension {
  readonly dimension: string;
  readonly features: number;
  readonly coverage: number;
  readonly confidence: number;
  readonly gaps?: readonly string[];
}

const none: Workload = {
  ...{ id: '', name: '', samples: { startup: 0, steady: 0 } },
  ...{ dimensions: [], unobserved: [] },
};

async function workload(name: string): Promise<Workload> {
  const { items } = await product.get<{ items: Workload[] }>('/api/v1/workloads');
  return items.find((one) => one.name.endsWith(`/${name}`)) ?? none;
}

interface WorkloadFeature {
  readonly dimension: string;
  readonly key: string;
  readonly incidence: { readonly steady: number };
}

async function features(name: string): Promise<readonly WorkloadFeature[]> {
  const { id } = await workload(name);
  return (await product.get<{ features?: WorkloadFeature[] }>(`/api/v1/workloads/${id}/profile`)).features ?? [];
}

const alertsOf = (name: string): readonly SeenAlert[] =>
  product.alerts.filter(({ container }) => container.name === name);

const alertOf = (name: string, dimension: string, key: string): Promise<SeenAlert> =>
  waitFor(`the alert ${dimension} ${key} of ${name}`, () =>
    alertsOf(name).find((alert) => alert.dimension === dimension && alert.key === key),
  );

/** Runs something in the container that stays. */
const inside = (name: string, command: string): Promise<string> =>
  engine.cli('exec', '-d', name, '/bin/sh', '-c', command);

describe('what is not seen', () => {
  test('is told from what was watched and showed nothing, and lowers the confidence', async () => {
    const { dimensions, unobserved } = await workload('web');
    const of = (name: string): WorkloadDimension | undefined => dimensions.find(({ dimension }) => dimension === name);
    expect(unobserved.map(({ dimension }) => dimension)).toEqual(
      expect.arrayContaining(['file.read', 'file.write', 'dns', 'syscall', 'rate.exec', 'syscall.mix']),
    );
    expect(unobserved.find(({ dimension }) => dimension === 'file.read')?.reason).toMatch(/--sensor procfs/);
    expect(of('file.read')).toBeUndefined();
    expect(of('net.out')).toMatchObject({ features: 0 });
    expect(of('net.out')?.coverage).toBeGreaterThan(0.9);
    expect(of('exec')).toMatchObject({ confidence: 0.5, gaps: [expect.stringMatching(/two looks/)] });
    expect(await product.metrics()).toMatch(/^anchorwatch_workload_confidence_ratio\{[^}]*"file\.read"[^}]*\} 0$/m);
  });

  test('is what a container did that is older than the agent, in figures and in its alerts', async () => {
    const { id, samples } = await workload('old');
    const { running } = await product.get<{ running: { unwatched?: { seconds: number } }[] }>(
      `/api/v1/workloads/${id}`,
    );
    expect(running[0]?.unwatched?.seconds).toBeGreaterThanOrEqual(6);
    expect(samples.startup).toBe(0);
    expect(await product.metrics()).toMatch(/^anchorwatch_containers_partly_watched\{.*\} 1$/m);
    await inside('old', 'exec nc -l -p 4445');
    const alert = await waitFor('an alert of old', () => alertsOf('old')[0]);
    expect(alert.evidence.gaps).toContainEqual(
      expect.stringMatching(/^old was not watched for [\d.]+ seconds of the /),
    );
    expect(alert.evidence.confidence).toBeLessThan(1);
  });
});

describe('a service that is polled', () => {
  test('is learned: what runs and what it listens on counts in every sample, nothing is an alert', async () => {
    const { samples } = await workload('web');
    const seen = await features('web');
    const steady = (dimension: string, key: string): number =>
      seen.find((one) => one.dimension === dimension && one.key === key)?.incidence.steady ?? 0;
    // A sample of one second may pass between two looks.
    expect(steady('exec', '/bin/busybox httpd')).toBeGreaterThan(samples.steady / 2);
    expect(steady('net.listen', '8080/tcp')).toBeGreaterThan(samples.steady / 2);
    expect(alertsOf('web')).toEqual([]);
  });

  test('is no news when it starts again', async () => {
    await engine.cli('restart', '-t', '0', 'web');
    const starts = (): number => product.log().match(/"container":"web"[^\n]*container watched/g)?.length ?? 0;
    await waitFor('the second start', () => starts() === 2);
    const { samples } = await workload('web');
    await waitFor('a few samples', async () => (await workload('web')).samples.steady > samples.steady + 5, 20_000);
    expect(alertsOf('web')).toEqual([]);
  });

  test('a program that was copied into it and stays is an alert', async () => {
    await inside('web', 'cp /bin/busybox /tmp/busybox-x && exec /tmp/busybox-x sleep 600');
    const alert = await alertOf('web', 'exec', '/tmp/busybox-x sleep');
    expect(alert.rules).toContain('program-in-temporary-directory');
    expect(alert.process?.exe).toBe('/tmp/busybox-x');
  });

  test('a connection that stays open is an alert, with who made it', async () => {
    const address = await engine.cli(
      'inspect',
      '-f',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      'peer',
    );
    await inside('web', `sleep 600 | nc ${address} 3333`);
    const alert = await alertOf('web', 'net.out', `${address}:3333/tcp`);
    expect(alert.process?.args).toEqual(['nc', address, '3333']);
  });

  test('a new listener is an alert', async () => {
    await inside('web', 'exec nc -l -p 5555');
    const alert = await alertOf('web', 'net.listen', '5555/tcp');
    expect(alert.rules.length).toBeGreaterThan(0);
  });
});

test('whoever is connected to has made no connection', async () => {
  expect((await features('peer')).filter(({ dimension }) => dimension === 'net.out')).toEqual([]);
  expect(alertsOf('peer')).toEqual([]);
});

test('the node says what it does not see, and what it lost', async () => {
  const { items } = await product.get<{
    items: { reported?: { sensor: string; hooksMissing: { hook: string; unseen: string }[]; hooksAttached: number } }[];
  }>('/api/v1/nodes');
  const reported = items[0]?.reported;
  expect(reported).toMatchObject({ sensor: 'procfs', hooksAttached: 2 });
  expect(reported?.hooksMissing.map(({ hook }) => hook)).toContain('open');
  expect(reported?.hooksMissing.every(({ unseen }) => unseen !== '')).toBe(true);
  expect(await product.metrics()).toMatch(
    /anchorwatch_sensor_lost_total\{[^}]*hook="procfs.processes"[^}]*reason="put_off"/,
  );
});
