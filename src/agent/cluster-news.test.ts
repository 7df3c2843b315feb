import { beforeEach, describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { RuleSource } from '../detect/rule-source.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import type { PodNews } from '../model/pod-news.ts';
import { podNewsArguments, podNewsQuestion } from '../protocol/pod-news.ts';
import { aboutWhom, ClusterNews } from './cluster-news.ts';
import { Watch } from './watch.ts';

const { rules } = new RuleSource([], createLogger({ level: 'silent' }));
const minuteMs = 60_000;
const workload = { id: 'w', name: 'shop/deployment/web/nginx', kind: 'kubernetes' } as const;
const pod = { namespace: 'shop', pod: 'web-7d4b9c6f5d-x2x4z' };
const nginx = makeContainer({ ...pod, name: 'nginx', workload });
const sidecar = makeContainer({ ...pod, id: 'b'.repeat(64), cgroupId: '8', name: 'sidecar', startedAtMs: 5 });
const exec: PodNews = {
  ...{ ...pod, container: 'nginx', owner: '', action: 'exec-create', detail: 'sh', timeMs: 0, by: 'jane with kubectl' },
};

let nowMs: number;
let watch: Watch;
let news: ClusterNews;
let alerts: Alert[];
let events: Event[];
let running: Container[];
let api: 'off' | 'away' | 'current';

beforeEach(() => {
  [nowMs, alerts, events, running, api] = [0, [], [], [nginx, sidecar], 'current'];
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const profiles = { load: () => [], save: () => undefined };
  watch = new Watch({ rules, clock, profiles, node: 'node-1', sliceMs: minuteMs, startupMs: minuteMs });
  for (const container of running) watch.containerStarted(container, nowMs);
  news = new ClusterNews({
    ...{ slices: watch.slices, clock },
    containers: () => ({
      running: () => running,
      byId: (id) => running.find((one) => one.id === id),
      kubernetes: { api },
    }),
    pipeline: () => ({ lifecycle: handle, raise }),
  });
});

function raise(alert: Alert): void {
  alerts.push(alert);
  news.alerted(alert);
}

function handle(event: Event): void {
  events.push(event);
  const { alert } = watch.handle(event, nginx);
  if (alert !== undefined) raise(alert);
}

function shadowRead(): void {
  const process = {
    ...{
      pid: 9,
      startTimeNs: '1',
      comm: 'cat',
      exe: '/bin/cat',
      args: ['cat', '/etc/shadow'],
      uid: 0,
      gid: 0,
      cwd: '/',
    },
    ancestors: [{ pid: 8, exe: '/bin/sh' }],
  };
  handle({
    ...{ kind: 'file', access: 'read', path: '/etc/shadow', created: false, fileType: 'regular', origin: 'image' },
    ...{ timeMs: nowMs, cgroupId: '7', source: 'kernel', process },
  });
}

/** The workload is known so well that a session is no alert by itself. */
function settle(): void {
  for (let minute = 1; minute <= 2000; minute++) {
    nowMs = minute * minuteMs;
    watch.rollover(nowMs);
  }
}

const titles = (): readonly string[] => alerts.map(({ title }) => title);

describe('who is in a container and what is done there are one incident', () => {
  test('where the audit log comes after what the session did', () => {
    settle();
    shadowRead();
    nowMs += 2_000;
    news.take({ ...exec, timeMs: nowMs - 2_100 });
    expect(titles()).toEqual([
      'cat read /etc/shadow in shop/deployment/web/nginx',
      'jane with kubectl executed sh in shop/deployment/web/nginx',
    ]);
    expect(new Set(alerts.map(({ incident }) => incident)).size).toBe(1);
    expect(alerts[1]).toMatchObject({
      ...{ severity: 'warning', dimension: 'lifecycle', key: 'session:jane with kubectl', detector: 'session' },
      ...{ rules: ['session-in-incident'], techniques: ['T1609'], practices: ['K03'] },
    });
  });

  test('where it comes before', () => {
    settle();
    news.take({ ...exec, timeMs: nowMs });
    expect(titles()).toEqual([]);
    nowMs += 8 * minuteMs;
    shadowRead();
    expect(titles().toSorted()).toEqual([
      'cat read /etc/shadow in shop/deployment/web/nginx',
      'jane with kubectl executed sh in shop/deployment/web/nginx',
    ]);
    expect(new Set(alerts.map(({ incident }) => incident)).size).toBe(1);
  });

  test('a debug container’s user too, though the pod itself tells of the container', () => {
    settle();
    shadowRead();
    news.take({ ...exec, action: 'debug-session', detail: '', container: '', timeMs: nowMs });
    expect(titles().at(-1)).toBe('jane with kubectl added a debug container in shop/deployment/web/nginx');
    expect(events.filter(({ kind }) => kind === 'lifecycle')).toEqual([]);
  });

  test('a session of an hour ago, and one in another container, are none of it', () => {
    settle();
    news.take({ ...exec, timeMs: nowMs });
    news.take({ ...exec, container: 'sidecar', timeMs: nowMs + 59 * minuteMs });
    nowMs += 60 * minuteMs;
    shadowRead();
    expect(titles()).toEqual(['cat read /etc/shadow in shop/deployment/web/nginx']);
  });

  test('each is named once; told again, after a restart of the collector, it is the same', () => {
    settle();
    shadowRead();
    expect([news.take({ ...exec, timeMs: nowMs }), news.take({ ...exec, timeMs: nowMs })]).toEqual([1, 0]);
    expect(titles()).toHaveLength(2);
    expect(events.filter(({ kind }) => kind === 'lifecycle')).toHaveLength(1);
  });
});

describe('Events of the cluster', () => {
  const event: PodNews = { ...exec, by: '', action: 'probe-failed', detail: 'liveness', timeMs: 0 };

  test('are behaviour of the workload: no news to one that is young, an alert of one that never did', () => {
    news.take(event);
    expect(events).toMatchObject([{ action: 'probe-failed', detail: 'liveness', containerId: nginx.id }]);
    expect(titles()).toEqual([]);
    settle();
    news.take({ ...event, detail: 'startup', timeMs: nowMs });
    expect(alerts).toMatchObject([{ dimension: 'lifecycle', key: 'probe-failed:startup', suspicion: 0 }]);
  });

  test('that again and again say the same count on one alert', () => {
    settle();
    for (let time = 0; time < 20; time++) news.take({ ...event, detail: 'startup', timeMs: nowMs - 1000 + time });
    expect(alerts.filter(({ count }) => count === 1)).toHaveLength(1);
  });

  test('of trouble of the cluster are quieter, what policies refuse is not', () => {
    settle();
    news.take({ ...event, action: 'mount-failed', detail: 'certs', timeMs: nowMs });
    expect(titles()).toEqual([]);
    news.take({
      ...event,
      pod: '',
      owner: 'shop/deployment/web/',
      action: 'create-failed',
      detail: 'pod security',
      timeMs: nowMs,
    });
    expect(alerts).toMatchObject([{ rules: ['pod-refused'], key: 'create-failed:pod security' }]);
  });

  test('that the pod’s status says too are left to that, as long as it is followed', () => {
    expect(news.take({ ...event, detail: 'readiness' })).toBe(0);
    expect(news.take({ ...event, action: 'evicted', detail: 'memory' })).toBe(0);
    api = 'away';
    expect(news.take({ ...event, detail: 'readiness', timeMs: 1 })).toBe(1);
  });
});

test('whom news are about: the container, else the pod’s oldest, else one of the workload', () => {
  const about = (changes: Partial<PodNews>): string | undefined => aboutWhom({ ...exec, ...changes }, running)?.name;
  expect(about({ container: 'sidecar' })).toBe('sidecar');
  expect(about({ container: '' })).toBe('nginx');
  expect(about({ pod: 'web-7d4b9c6f5d-new' })).toBeUndefined();
  expect(about({ pod: 'web-7d4b9c6f5d-new', owner: 'shop/deployment/web/' })).toBe('nginx');
  expect(about({ namespace: 'other' })).toBeUndefined();
});

test('the answer says of how many; of nothing that runs here it is unknown, of nonsense refused', async () => {
  const ask = (args: ReturnType<typeof podNewsArguments>): Promise<unknown> =>
    news.answerers[podNewsQuestion]?.(args, AbortSignal.timeout(1000)).next() ??
    Promise.reject(new Error('no answerer'));
  expect(await ask(podNewsArguments(exec))).toEqual({ done: true, value: { told: 1 } });
  await expect(ask(podNewsArguments({ ...exec, pod: 'x' }))).rejects.toMatchObject({ code: 'question.unknown' });
  await expect(async () => ask({ ...podNewsArguments(exec), action: 'dance' })).rejects.toMatchObject({
    code: 'question.invalid',
  });
});
