import { beforeEach, describe, expect, test } from 'vitest';
import { auditEvent, eventList } from '../../test/support/audit-events.ts';
import { readAuditBatch } from '../ingest/audit-events.ts';
import { systemClock } from '../lib/clock.ts';
import { createRegistry } from '../lib/metrics.ts';
import type { Registry } from '../lib/metrics.ts';
import type { ApiRequest } from '../model/api-request.ts';
import type { WorkloadTeller } from '../model/fleet.ts';
import type { PodNews } from '../model/pod-news.ts';
import { parsePodNews } from '../protocol/pod-news.ts';
import type { AnswerEnd } from '../protocol/question.ts';
import { nodesOf, PodNewsDesk } from './pod-news-desk.ts';

const news: PodNews = {
  ...{ namespace: 'shop', pod: 'web-7d4b9c6f5d-x2x4z', container: 'nginx', owner: '' },
  ...{ action: 'probe-failed', detail: 'liveness', timeMs: 1000, by: '' },
};

function node(name: string, workloads: readonly string[], up = true): WorkloadTeller {
  const reports = workloads.map((workload) => ({
    ...{ workload: { id: workload, name: workload, kind: 'kubernetes' as const }, containers: 1 },
    ...{ samples: { startup: 0, steady: 0 }, dimensions: [] },
  }));
  return { name, up, report: { workloads: reports, containers: [] } };
}

const nodes = [
  node('a', ['shop/deployment/web/nginx', 'kube-system/daemonset/proxy/proxy']),
  node('b', ['shop/deployment/web/nginx', 'shop/statefulset/db/postgres']),
  node('c', ['other/deployment/web/nginx']),
  node('gone', ['shop/deployment/web/nginx'], false),
];

let registry: Registry;
let asked: { readonly node: string; readonly news: PodNews }[];
let answers: AnswerEnd['outcome'][];
let held: Promise<unknown>;
let desk: PodNewsDesk;

beforeEach(() => {
  registry = createRegistry();
  [asked, answers, held] = [[], [], Promise.resolve()];
  desk = new PodNewsDesk({
    ...{ states: () => nodes, registry, clock: systemClock, pauseMs: 1 },
    // oxlint-disable-next-line require-yield -- an answer without parts
    async *inquire(name, { args }): AsyncGenerator<string, AnswerEnd, undefined> {
      asked.push({ node: name, news: parsePodNews(args) });
      await held;
      return { outcome: answers.shift() ?? 'done', reason: '', summary: {} };
    },
  });
});

async function counted(): Promise<Readonly<Record<string, number>>> {
  const metric = await registry.getSingleMetric('anchorwatch_pod_news_total')?.get();
  const values = (metric?.values ?? []).map(({ labels, value }) => [String(labels['outcome']), value] as const);
  return Object.fromEntries(values.filter(([, value]) => value > 0));
}

describe('which nodes are told', () => {
  test.each<[string, Partial<PodNews>, readonly string[]]>([
    ['those that may run the pod', {}, ['a', 'b']],
    ['one that runs its workload, where the pod may never have run', { owner: 'shop/deployment/web/' }, ['a']],
    ['one that runs what an owner makes', { pod: '', owner: 'shop/statefulset/db/' }, ['b']],
    ['nobody, where nobody runs anything of the kind', { pod: 'x', owner: 'shop/job/x/' }, []],
    ['nobody, of a pod that nobody knows', { namespace: 'new', pod: 'fresh-1' }, []],
    ['all, of a session in a pod that nobody knows yet', { namespace: 'new', action: 'exec-create' }, ['a', 'b', 'c']],
  ])('%s', (_, changes, expected) => {
    expect(nodesOf({ ...news, ...changes }, nodes)).toEqual(expected);
  });
});

test('news are told in their order, one at a time, and again to a node that is busy', async () => {
  answers = ['busy', 'done', 'done'];
  await Promise.all([desk.tell(news, 'a'), desk.tell({ ...news, detail: 'startup' }, 'a')]);
  expect(asked.map(({ node: name, news: { detail } }) => `${name} ${detail}`)).toEqual([
    ...['a liveness', 'a liveness', 'a startup'],
  ]);
  expect(asked[0]?.news).toEqual(news);
  expect(await counted()).toEqual({ told: 2 });
});

test('what one of several nodes knows is told; what nobody knows, and whom nobody reaches, is counted', async () => {
  answers = ['unknown', 'done'];
  await desk.tell(news);
  answers = ['unknown'];
  await desk.tell(news, 'a');
  answers = ['silent'];
  await desk.tell(news, 'a');
  await desk.tell({ ...news, pod: 'x', owner: 'shop/job/x/' });
  expect(await counted()).toEqual({ told: 1, unknown: 1, away: 1, nobody: 1 });
});

test('a node that does not answer holds up no other; what is beyond the queue is counted, and dropped at the end', async () => {
  let release = (): void => undefined;
  held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const all = Array.from({ length: 70 }, () => desk.tell(news, 'a'));
  expect(asked).toHaveLength(1);
  desk.stop();
  release();
  await Promise.all(all);
  const { away = 0, full = 0, told = 0 } = await counted();
  expect([told, full, away]).toEqual([1, 5, 64]);
});

describe('sessions of the audit log', () => {
  const request = (changes: object): ApiRequest => {
    const batch = readAuditBatch(eventList([auditEvent(1, { ...session, ...changes })]), 0);
    const [found] = 'requests' in batch ? batch.requests : [];
    if (found === undefined) throw new Error('there is a request');
    return found;
  };
  const session = {
    ...{ verb: 'get', stage: 'ResponseStarted', responseStatus: { code: 101 }, userAgent: 'kubectl/v1.36.0 (linux)' },
    user: { username: 'jane' },
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-7d4b9c6f5d-x2x4z' },
    requestURI:
      '/api/v1/namespaces/shop/pods/web-7d4b9c6f5d-x2x4z/exec?command=sh&command=-c&command=curl+-u+a%3Ahunter2&container=nginx&stdin=true',
  };

  test('say who, where and what, and nothing of the arguments', async () => {
    desk.session(request({}));
    await Promise.resolve();
    expect(asked.map(({ node: name }) => name)).toEqual(['a', 'b']);
    expect(asked[0]?.news).toEqual({
      ...{ namespace: 'shop', pod: 'web-7d4b9c6f5d-x2x4z', container: 'nginx', owner: '', action: 'exec-create' },
      ...{ detail: 'sh', by: 'jane with kubectl', timeMs: Date.parse('2026-11-28T10:00:00.004Z') },
    });
    expect(JSON.stringify(asked)).not.toContain('hunter2');
  });

  test.each([
    ['attach', 'attach'],
    ['portforward', 'port-forward'],
    ['ephemeralcontainers', 'debug-session'],
  ])('%s is %s', (subresource, action) => {
    desk.session(request({ objectRef: { ...session.objectRef, subresource }, requestURI: '/api/v1/x' }));
    expect(asked[0]?.news).toMatchObject({ action, detail: '', container: '' });
  });

  test('on whose behalf is said; logs are no session', () => {
    desk.session(request({ impersonatedUser: { username: 'admin' } }));
    expect(asked[0]?.news.by).toBe('jane as admin with kubectl');
    asked = [];
    desk.session(request({ objectRef: { ...session.objectRef, subresource: 'log' } }));
    expect(asked).toEqual([]);
  });
});
