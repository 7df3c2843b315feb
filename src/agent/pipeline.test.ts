import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadRules } from '../detect/rule-parser.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { FileEvent, LifecycleEvent } from '../model/event.ts';
import type { StoredProfile } from '../profile/stored.ts';
import type { Announcement } from '../identity/containers.ts';
import { Pipeline } from './pipeline.ts';
import { Watch } from './watch.ts';

const rules = loadRules([join(import.meta.dirname, '../../profiles/rules')]);
const ownPid = 4242;

const container = (changes: Partial<Container> = {}): Container => ({
  id: 'a'.repeat(64),
  name: 'web-1',
  image: 'nginx',
  digest: 'sha256:1',
  workload: { id: 'w', name: 'nginx/web', kind: 'image' },
  cgroupId: '7',
  pid: 100,
  startedAtMs: 0,
  labels: {},
  mounts: [],
  privileged: false,
  hostNamespaces: [],
  ...changes,
});

const shadowRead = (cgroupId: string): FileEvent => ({
  kind: 'file',
  access: 'read',
  path: '/etc/shadow',
  created: false,
  fileType: 'regular',
  origin: 'image',
  timeMs: 1_000,
  cgroupId,
  source: 'kernel',
  process: {
    ...{ pid: 9, startTimeNs: '1', comm: 'cat', exe: '/bin/cat', args: ['cat', '/etc/shadow'] },
    ...{ uid: 0, gid: 0, cwd: '/', ancestors: [] },
  },
});

const mounted = (containerId: string, action: LifecycleEvent['action'] = 'engine-socket-mount'): LifecycleEvent => ({
  ...{ kind: 'lifecycle', action, detail: '/var/run/docker.sock', containerId, cgroupId: '7' },
  ...{ timeMs: 1_000, source: 'engine' },
});

let known: Container[];
let alerts: Alert[];
let saved: StoredProfile[];
let announcement: Announcement;
let nowMs: number;
let failing: boolean;
let pipeline: Pipeline;
let recorded: string[];

beforeEach(() => {
  [known, alerts, saved, announcement, nowMs, failing] = [[], [], [], 'container', 1_000, false];
  recorded = [];
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const watch = new Watch({
    rules,
    clock,
    node: 'n',
    sliceMs: 10_000,
    startupMs: 1_000,
    profiles: {
      load: () => [],
      save: (changes) => {
        if (failing) throw new Error('the disk is full');
        saved.push(...changes);
      },
    },
  });
  pipeline = new Pipeline({
    watch,
    clock,
    log: createLogger({ level: 'silent' }),
    ownPids: [ownPid],
    alerts: { push: (alert) => void alerts.push(alert) },
    losses: { add: () => undefined, recent: () => [] },
    recorder: {
      record: (event) => void recorded.push(`${event.kind}${event.captured === true ? ' captured' : ''}`),
      alerted: ({ key }) => void recorded.push(`alert ${key}`),
      end: (id) => void recorded.push(`end ${id}`),
    },
    captureMs: 60_000,
    containers: {
      byId: (id) => known.find((one) => one.id === id),
      byCgroup: (cgroupId) => known.find((one) => one.cgroupId === cgroupId),
      announce: () => Promise.resolve(announcement),
    },
  });
});

describe('who is it', () => {
  test('an event waits for its container, and is judged as that container’s when it starts', () => {
    pipeline.event(shadowRead('7'));
    expect([pipeline.pendingEvents, alerts.length]).toEqual([1, 0]);
    known.push(container());
    pipeline.started(container());
    expect(pipeline.pendingEvents).toBe(0);
    expect(alerts.map(({ key, container: { name } }) => `${key} ${name}`)).toEqual(['/etc/shadow web-1']);
  });

  test('what waited in vain is counted as lost, what belongs to no container is not', async () => {
    pipeline.event(shadowRead('8'));
    nowMs += 60_000;
    pipeline.tick();
    expect(pipeline.lost).toEqual({ full: 0, expired: 1, failed: 0 });
    announcement = 'not-a-container';
    pipeline.event(shadowRead('9'));
    await pipeline.cgroupMade('9', `/${'0'.repeat(64)}`);
    expect(pipeline.events['not-a-container']).toBe(1);
    expect([pipeline.lost['expired'], alerts.length]).toEqual([1, 0]);
  });

  test('the agent’s own container is not watched; what it was given is no news, who enters it is', () => {
    const own = container({ pid: ownPid });
    known.push(own);
    pipeline.event(shadowRead('8'));
    pipeline.started(own);
    pipeline.lifecycle(mounted(own.id));
    expect(alerts).toEqual([]);
    expect(pipeline.events['lifecycle']).toBeUndefined();
    pipeline.lifecycle(mounted(own.id, 'exec-create'));
    expect(pipeline.events['lifecycle']).toBe(1);
  });

  test('of another container the same mount is an alert', () => {
    known.push(container());
    pipeline.started(container());
    pipeline.lifecycle(mounted(container().id));
    expect(alerts.map(({ rules: [rule] }) => rule)).toEqual(['engine-socket-mount']);
  });
});

test('profiles that cannot be saved are counted, and saved whole when they can be again', () => {
  known.push(container());
  pipeline.started(container());
  failing = true;
  pipeline.event(shadowRead('7'));
  pipeline.save();
  expect(pipeline.saveFailures).toBeGreaterThan(0);
  expect(saved).toEqual([]);
  failing = false;
  pipeline.save();
  expect(saved.flatMap(({ features }) => features.map(({ key, state }) => `${key} ${state}`))).toContain(
    '/etc/shadow judged',
  );
});

test('what is told is recorded; everything of a container is told from its first alert until it was quiet; captured events teach nothing', () => {
  known.push(container());
  pipeline.started(container());
  pipeline.event({ ...shadowRead('7'), path: '/srv/data' });
  expect(recorded).toEqual(['file']);
  pipeline.event(shadowRead('7'));
  expect([alerts.length, pipeline.captured]).toEqual([1, 1]);
  pipeline.event({ ...shadowRead('7'), path: '/srv/more' });
  pipeline.event({ ...shadowRead('7'), path: '/srv/known', captured: true });
  expect(recorded).toEqual(['file', 'file', 'alert /etc/shadow', 'file', 'file captured']);
  expect(pipeline.events['captured']).toBe(1);
  nowMs += 61_000;
  pipeline.tick();
  expect([pipeline.captured, recorded.at(-1)]).toEqual([0, `end ${container().id}`]);
  pipeline.event({ ...shadowRead('7'), path: '/srv/later' });
  expect(recorded.at(-1)).toBe('file');
  pipeline.save();
  const learned = saved.flatMap(({ features }) => features.map(({ key }) => key));
  expect(learned).toContain('/srv/more');
  expect(learned).not.toContain('/srv/known');
});
