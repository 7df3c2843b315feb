import { beforeEach, expect, test } from 'vitest';
import { makeAlert } from '../../test/support/alerts.ts';
import { makeContainer } from '../../test/support/containers.ts';
import type { Container } from '../model/container.ts';
import type { KernelKey } from '../model/event.ts';
import type { ContainerRates } from '../model/node.ts';
import { grown, HistoryFeed, told } from './history-feed.ts';

let entries: { readonly kind: string; readonly whose: string | undefined; readonly body: unknown }[];
let figures: ContainerRates;
let running: readonly Container[];
let feed: HistoryFeed;
let bundled: string[];
let names: { kernelKey(number: number): KernelKey | undefined } | undefined;
beforeEach(() => {
  [entries, figures, bundled] = [[], {}, []];
  running = [makeContainer()];
  names = undefined;
  feed = new HistoryFeed({
    entries: {
      record: () => undefined,
      add: (kind, _, whose, body) => void entries.push({ kind, whose: whose?.name, body }),
    },
    bundles: {
      alerted: ({ id }) => void bundled.push(id),
      quiet: (id) => void bundled.push(`quiet ${id.slice(0, 1)}`),
    },
    running: () => running,
    byId: (id) => running.find((one) => one.id === id),
    names: () => names,
    figures: (of) => new Map(of.map(({ id }) => [id, figures])),
    startedMs: 1_000_000,
  });
});

test('the life of a container: one that was there before the agent is adopted', () => {
  feed.started(makeContainer({ startedAtMs: 1_000 }), 1_000_500);
  feed.started(makeContainer({ startedAtMs: 1_002_000 }), 1_002_100);
  feed.died(makeContainer(), 137, 1_003_000);
  feed.died(makeContainer(), undefined, 1_003_000);
  feed.stopped(makeContainer(), 1_003_100);
  const actions = [{ action: 'adopted' }, { action: 'started' }, { action: 'died', exitCode: 137 }, { action: 'died' }];
  expect(entries.map(({ body }) => body)).toEqual([...actions, { action: 'stopped' }]);
});

test('rates once a minute, as growth; the last ones when the container stops', () => {
  figures = { cpuSeconds: 10, memoryBytes: 500, execs: 3 };
  feed.tick(1_059_000);
  feed.tick(1_060_000);
  expect(entries).toEqual([]);
  figures = { cpuSeconds: 12.5, memoryBytes: 400, execs: 1, connects: 5 };
  feed.tick(1_120_000);
  expect(entries).toEqual([
    {
      kind: 'rates',
      whose: 'web-1',
      body: { spanMs: 60_000, rates: { cpuSeconds: 2.5, memoryBytes: 400, execs: 1, connects: 0 } },
    },
  ]);
  feed.stopped(makeContainer(), 1_130_000);
  expect(entries.at(1)).toMatchObject({
    kind: 'rates',
    body: { spanMs: 10_000, rates: { cpuSeconds: 0, memoryBytes: 400 } },
  });
  expect(grown({}, { pids: 4, cpuSeconds: 3 })).toEqual({ pids: 4, cpuSeconds: 0 });
});

test('what the kernel counted, by workload, once a minute; beyond a number of behaviours the rest is a number', () => {
  const file = (path: string): KernelKey => ({ kind: 'file.read', path });
  const key = file('/etc/hosts');
  feed.counted('w', key, 2);
  feed.counted('w', key, 3);
  feed.counted('unheard-of', key, 3);
  feed.tick(1_060_000);
  expect(entries).toEqual([
    {
      kind: 'known',
      whose: '',
      body: { workload: makeContainer().workload, counts: [{ what: 'file.read', key: '/etc/hosts', samples: 5 }] },
    },
  ]);
  for (let i = 0; i < 5_000; i++) feed.counted('w', file(`/${String(i)}`), 1);
  feed.finish(1_070_000);
  const { counts = [], omitted } = (entries.at(-1)?.body ?? {}) as { counts?: unknown[]; omitted?: number };
  expect([counts.length, omitted]).toEqual([4_096, 904]);
  feed.finish(1_080_000);
  expect(entries).toHaveLength(2);
});

test('what is counted by number is told as what the number stands for in the profile of that time', () => {
  const profile = (prefix: string): NonNullable<typeof names> => ({
    kernelKey: (number) => (number < 9 ? { kind: 'file.read', path: `${prefix}${String(number)}` } : undefined),
  });
  names = profile('/a/');
  feed.counted('w', 1, 2);
  feed.counted('w', 2, 1);
  feed.counted('w', 1, 3);
  feed.counted('w', 9, 1);
  // An operator had the workload learned anew.
  names = profile('/b/');
  feed.counted('w', 1, 4);
  feed.finish(1_070_000);
  const { counts } = (entries.at(-1)?.body ?? {}) as { counts?: readonly { key: string; samples: number }[] };
  expect(counts?.map(({ key, samples }) => [key, samples])).toEqual([
    ['/a/1', 5],
    ['/a/2', 1],
    ['/b/1', 4],
  ]);
});

test('an alert is an entry once, its copies with larger counts are none; both keep its story going', () => {
  const alert = makeAlert(1, { incident: makeAlert(1).id });
  feed.alerted(alert, makeContainer());
  feed.alerted({ ...alert, count: 2 }, makeContainer());
  feed.end('a');
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({ kind: 'alert', body: { alert: alert.id, incident: alert.id, pid: 4711 } });
  expect(bundled).toEqual([alert.id, alert.id, 'quiet a']);
});

test('a window of loss, also of a container that is gone', () => {
  const window = { fromMs: 1_000, toMs: 4_200, hook: 'open', reason: 'ring_full', count: 17, workload: 'shop/web' };
  feed.lost([
    { ...window, containerId: makeContainer().id, container: 'web-1' },
    { ...window, containerId: 'gone', container: 'old' },
    { ...window, containerId: '', container: '' },
  ]);
  expect(entries.map(({ whose }) => whose)).toEqual(['web-1', 'old', undefined]);
  expect(entries[0]?.body).toEqual({
    ...{
      from: '1970-01-01T00:00:01.000Z',
      to: '1970-01-01T00:00:04.200Z',
      hook: 'open',
      reason: 'ring_full',
      count: 17,
    },
  });
});

test('kernel keys are told as people write them', () => {
  const keys: readonly KernelKey[] = [
    { kind: 'exec', path: '/bin/sh', origin: 'image', parent: '', shape: String.raw`sh\x00-c\x00id\x00` },
    { kind: 'exec', path: '/bin/sh', origin: 'image', parent: '', shape: String.raw`mysql\x00-phunter\x00` },
    { kind: 'file.write.directory', path: '/tmp/' },
    { kind: 'net.out', protocol: 'tcp', address: '10.0.0.1', port: 5432 },
    { kind: 'net.out.port', protocol: 'udp', port: 53 },
    { kind: 'net.listen', protocol: 'tcp', port: 80 },
    { kind: 'net.in', protocol: 'tcp', port: 80, peer: 'public' },
    { kind: 'dns', name: 'db', type: 'TXT' },
    { kind: 'dns.parent', name: 'example.com', type: '' },
    { kind: 'call', call: 'ptrace', detail: 0, refused: false },
    { kind: 'change.directory', change: 'unlink', special: false, refused: false, path: '/tmp/' },
  ];
  expect(keys.map((key) => Object.values(told(key)).join(' '))).toEqual([
    'exec /bin/sh sh -c id',
    expect.not.stringContaining('hunter') as unknown,
    'file.write /tmp/*',
    'net.out 10.0.0.1:5432/tcp',
    'net.out *:53/udp',
    'net.listen 80/tcp',
    'net.in 80/tcp from public',
    'dns db TXT',
    'dns *.example.com',
    'call ptrace',
    'change unlink /tmp/*',
  ]);
});
