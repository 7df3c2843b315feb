import { expect, test } from 'vitest';
import { loadRules } from '../detect/rule-parser.ts';
import type { Alert } from '../model/alert.ts';
import type { ApiRequest } from '../model/api-request.ts';
import { ApiWatch } from './api-watch.ts';
import type { ApiWatchOptions } from './api-watch.ts';

const rules = loadRules(
  ['lists.yaml', 'api.yaml'].map((file) => new URL(`../../profiles/rules/${file}`, import.meta.url).pathname),
);
const startMs = Date.parse('2026-11-28T10:00:00Z');
const ordinary: ApiRequest = {
  ...{ auditId: 'a', stage: 'ResponseComplete', timeMs: startMs, user: 'system:serviceaccount:shop:web' },
  ...{ impersonated: '', verb: 'list', resource: 'configmaps', subresource: '', namespace: 'shop', name: '' },
  ...{ path: '/api/v1/namespaces/shop/configmaps', address: '10.244.1.9', userAgent: 'web/1.2.3', code: 200 },
};

class Trial {
  readonly watch: ApiWatch;
  nowMs: number = startMs;
  #number = 0;

  constructor(options: Partial<ApiWatchOptions> = {}) {
    this.watch = new ApiWatch({ rules, ...options });
    this.watch.roll(this.nowMs);
  }

  ask(changes: Partial<ApiRequest>): ReturnType<ApiWatch['judge']> {
    this.#number += 1;
    return this.watch.judge({ ...ordinary, auditId: String(this.#number), timeMs: this.nowMs, ...changes }, this.nowMs);
  }

  /** So many slices in which the user asks what it always asks. */
  learn(slices: number, changes: Partial<ApiRequest> = {}): readonly Alert[] {
    const alerts: Alert[] = [];
    for (let slice = 0; slice < slices; slice += 1) {
      alerts.push(...[this.ask(changes).alert].filter((alert) => alert !== undefined));
      this.nowMs += 60_000;
      this.watch.roll(this.nowMs);
    }
    return alerts;
  }
}

test('the shipped rules have no mistakes', () => {
  expect(rules.problems).toEqual([]);
});

test('what a service account always does is quiet, also in its first minutes', () => {
  const trial = new Trial();
  expect(trial.learn(50)).toEqual([]);
  expect(trial.ask({}).outcome).toBe('known');
});

const seen: readonly (readonly [string, Partial<ApiRequest>, string, string])[] = [
  ['lists secrets', { resource: 'secrets' }, 'api-secrets-listed', 'list secrets in shop'],
  [
    'is refused to list secrets',
    { resource: 'secrets', code: 403 },
    'api-secrets-listed',
    'refused list secrets in shop',
  ],
  ['executes', { resource: 'pods', subresource: 'exec', verb: 'create' }, 'api-exec', 'create pods/exec in shop'],
  [
    'binds a role',
    { resource: 'clusterrolebindings.rbac.authorization.k8s.io', verb: 'create', namespace: '' },
    ...(['api-rights-changed', 'create clusterrolebindings.rbac.authorization.k8s.io'] as const),
  ],
  ['is somebody else', { impersonated: 'system:admin' }, 'api-impersonation', 'as system:admin'],
  ['says nothing of itself', { user: 'system:anonymous' }, 'api-anonymous', 'list configmaps in shop'],
];
test.each(seen)('who for the first time %s is seen, at once and when it is well known', (_, changes, rule, key) => {
  for (const slices of [0, 30]) {
    const trial = new Trial();
    trial.learn(slices);
    expect(trial.ask(changes).alert).toMatchObject({
      ...{ dimension: 'api', key, rules: expect.arrayContaining([rule]) as unknown, node: 'kubernetes-api' },
      workload: { name: changes.user ?? ordinary.user, kind: 'kubernetes-user' },
      features: [{ dimension: 'api', key }],
    });
  }
});

test('many refused requests within a minute are one alert, a few are none', () => {
  const trial = new Trial();
  trial.learn(30);
  const alerts = Array.from({ length: 30 }, () => trial.ask({ resource: 'leases', code: 403 }).alert);
  expect(alerts.slice(0, 9)).toEqual(Array.from({ length: 9 }));
  expect(new Set(alerts.flatMap((alert) => alert?.id ?? [])).size).toBe(1);
  expect(alerts[9]).toMatchObject({ key: 'many refused requests', rules: ['api-many-refused'] });
});

test('what is suspicious is not learned, however often it comes, and its address and program are', () => {
  const trial = new Trial();
  const ids = new Set(trial.learn(3000, { resource: 'secrets' }).map(({ id }) => id));
  expect(ids.size).toBe(1);
  const profile = trial.watch.profile(`kubernetes-user:${ordinary.user}`);
  expect(profile?.state({ dimension: 'api', key: 'list secrets in shop' })).toBe('judged');
  expect(profile?.state({ dimension: 'api', key: 'by web' })).toBe('known');
  expect(profile?.state({ dimension: 'api', key: 'from 10.244.0.0/16' })).toBe('known');
});

test('new to a user that is known for long is an alert by itself: another address, another program', () => {
  const trial = new Trial();
  trial.learn(2000);
  const { alert } = trial.ask({ address: '203.0.113.7', userAgent: 'curl/8.5.0' });
  expect(alert).toMatchObject({ detector: 'novelty', severity: 'warning', key: 'from 203.0.113.0/24', rules: [] });
  expect(alert?.features?.map(({ key }) => key)).toEqual(['from 203.0.113.0/24', 'by curl']);
  expect(alert?.title).toBe('system:serviceaccount:shop:web listed configmaps in shop (curl from 203.0.113.7)');
});

test('an operator accepts, denies, and has a user start anew', () => {
  const trial = new Trial();
  const { alert } = trial.ask({ resource: 'secrets' });
  const decision = { id: 'd', workload: alert?.workload.id ?? '', features: alert?.features ?? [], by: 'jane' };
  const more = { reason: '', time: '' };
  expect(trial.watch.decide({ ...decision, ...more, verdict: 'accept' }, trial.nowMs)).toBe(true);
  expect(trial.ask({ resource: 'secrets' })).toEqual({ outcome: 'known' });
  trial.watch.decide({ ...decision, ...more, verdict: 'deny' }, trial.nowMs);
  expect(trial.ask({ resource: 'secrets' }).outcome).toBe('alerted');
  trial.watch.decide({ ...decision, ...more, verdict: 'relearn', features: [] }, trial.nowMs);
  expect(trial.watch.takeChanges()).toMatchObject([{ reset: true, features: [] }]);
  expect(trial.watch.decide({ ...decision, ...more, workload: 'w', verdict: 'accept' }, trial.nowMs)).toBe(false);
});

test('what was learned is there again, and a request that is judged again makes the same alert', () => {
  const trial = new Trial();
  trial.learn(30);
  const first = trial.ask({ resource: 'secrets', auditId: 'x' }).alert;
  const again = new ApiWatch({ rules }, trial.watch.takeChanges());
  expect(again.judge({ ...ordinary, timeMs: trial.nowMs }, trial.nowMs).outcome).toBe('known');
  const request = { ...ordinary, resource: 'secrets', auditId: 'x', timeMs: trial.nowMs };
  expect(again.judge(request, trial.nowMs).alert?.id).toBe(first?.id);
});

test('users are bounded: who comes later shares a profile, and is judged all the same; kubelets share one from the start', () => {
  const trial = new Trial({ usersMax: 3 });
  for (const user of ['a', 'b', 'system:node:w1', 'system:node:w2', 'c', 'd']) trial.ask({ user });
  expect(trial.watch.users).toBe(4);
  expect(trial.watch.profile('kubernetes-user:system:node:*')).toBeDefined();
  expect(trial.ask({ user: 'e', impersonated: 'root' }).alert?.workload.name).toBe('other users');
});
