import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { makeProcTree } from '../../test/support/proc-tree.ts';
import type { ProcTree, TreeProcess, TreeSocket } from '../../test/support/proc-tree.ts';
import { loadRules } from '../detect/rule-parser.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import { ProcfsSource } from '../sensor/procfs.ts';
import { Pipeline } from './pipeline.ts';
import { Watch } from './watch.ts';

const rules = loadRules([join(import.meta.dirname, '../../profiles/rules')]);
const log = createLogger({ level: 'silent' });
const sliceMs = 10_000;
const epochMs = Date.UTC(2026, 0, 5);

const mounts = ['1 0 0:1 / / rw - overlay overlay rw', '2 1 0:2 / /tmp rw - ext4 /dev/a rw'].join('\n');
const master: TreeProcess = { pid: 10, exe: '/usr/sbin/nginx', sockets: [500], mountinfo: mounts };
const worker: TreeProcess = { ...master, pid: 11, parentPid: 10, layout: 10, sockets: [500, 601] };
const service = [master, worker];
const sockets: readonly TreeSocket[] = [
  { inode: 500, listen: 80 },
  { inode: 601, port: 40_000, peer: [10, 0, 0, 9], at: 5_432 },
];

let alerts: Alert[];
let tree: ProcTree;
let nowMs: number;
let watch: Watch;
let pipeline: Pipeline;
let source: ProcfsSource;
const container: Container = makeContainer({ startedAtMs: epochMs });

beforeEach(() => {
  [alerts, nowMs] = [[], epochMs];
  tree = makeProcTree();
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs - epochMs };
  watch = new Watch({
    ...{ rules, clock, node: 'n', sliceMs, startupMs: 10_000 },
    profiles: { load: () => [], save: () => undefined },
  });
  pipeline = new Pipeline({
    ...{ watch, clock, log, ownPids: [] },
    alerts: { push: (alert) => void alerts.push(alert) },
    losses: { add: () => undefined, recent: () => [] },
    recorder: { record: () => undefined, alerted: () => undefined, end: () => undefined },
    captureMs: 0,
    containers: { byId: () => container, byCgroup: () => container, announce: () => Promise.resolve('container') },
  });
  source = new ProcfsSource({ listener: pipeline, clock, log, proc: tree.proc, usedMs: () => 0 });
  pipeline.usePoller(source);
  onTestFinished(() => {
    source.close();
    tree.remove();
  });
});

/** Lets this run for some time. */
function run(processes: readonly TreeProcess[], open: readonly TreeSocket[], seconds: number): void {
  tree.set(processes, open);
  for (let second = 0; second < seconds; second++) {
    nowMs += 1_000;
    source.poll();
    pipeline.tick();
  }
}

/** A service that was learned for three minutes. */
function learn(): void {
  const { startedAtMs, name } = container;
  watch.containerStarted(container, nowMs);
  source.watch({ name, cgroupId: '7', directory: tree.cgroup, startedAtMs, adopted: false, sample: 1 });
  run(service, sockets, 180);
  expect(alerts).toEqual([]);
}

const told = (): readonly string[] =>
  alerts.map(({ dimension, key, rules: [rule] }) => `${dimension} ${key} ${rule ?? ''}`);

describe('what the detectors say of what was polled', () => {
  test('a service that goes on counts in every sample, and is fully covered', () => {
    learn();
    const [report] = watch.report();
    const { samples } = report ?? {};
    expect(samples).toEqual({ startup: 1, steady: 17 });
    const steady = (watch.profileFeatures('w') ?? []).map(
      ({ dimension, key, incidence }) => `${dimension} ${key} ${incidence.steady}`,
    );
    expect(steady).toEqual([
      'exec /usr/sbin/nginx 17',
      'exec runtime > /usr/sbin/nginx 17',
      'net.listen 80/tcp 17',
      'net.out 10.0.0.9:5432/tcp 17',
    ]);
    expect(report?.dimensions.map(({ coverage }) => coverage)).toEqual([1, 1, 1]);
  });

  test('a shell that the service starts', () => {
    learn();
    run([...service, { pid: 20, parentPid: 11, exe: '/bin/sh', args: ['sh', '-c', 'id; sleep 9'] }], sockets, 2);
    expect(told()).toEqual(['exec /bin/sh shell-from-service']);
    expect(alerts[0]?.process?.ancestors.map(({ exe }) => exe)).toEqual(['/usr/sbin/nginx', '/usr/sbin/nginx']);
  });

  test('a connection to a port that was never used', () => {
    learn();
    const out = { inode: 700, port: 41_000, peer: [203, 0, 113, 7], at: 4_444 } as const;
    run([master, { ...worker, sockets: [500, 601, 700] }], [...sockets, out], 2);
    expect(told()).toEqual(['net.out 203.0.113.7:4444/tcp new-outbound-port']);
  });

  test('a port that is opened', () => {
    learn();
    run([master, { ...worker, sockets: [500, 601, 700] }], [...sockets, { inode: 700, listen: 5_555 }], 2);
    expect(told()).toEqual(['net.listen 5555/tcp local-listening-port']);
  });

  test('a program run from memory, and one from a file that hides', () => {
    learn();
    run([...service, { pid: 20, parentPid: 11, exe: '/memfd:x (deleted)' }], sockets, 2);
    run([...service, { pid: 21, parentPid: 11, exe: '/tmp/.x/run' }], sockets, 2);
    expect(told()).toEqual(['exec /memfd:x fileless-execution', 'exec /tmp/.x/run hidden-program']);
  });

  test('a restart of the same is no news', () => {
    learn();
    pipeline.stopped(container);
    watch.containerStarted(container, nowMs);
    source.watch({
      name: 'web-1',
      cgroupId: '7',
      directory: tree.cgroup,
      startedAtMs: nowMs,
      adopted: false,
      sample: 1,
    });
    run(
      service.map((one) => ({ ...one, pid: one.pid + 90, parentPid: one.pid === 10 ? 1 : 100 })),
      sockets,
      30,
    );
    expect(alerts).toEqual([]);
  });
});
