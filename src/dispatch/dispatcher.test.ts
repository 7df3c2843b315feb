import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DispatchWorld } from '../../test/support/dispatch-world.ts';
import type { Behaviour } from '../../test/support/dispatch-world.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  vi.setSystemTime('2026-11-23T10:00:00Z');
});
afterEach(() => vi.useRealTimers());

const passes = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const minute = 60_000;

const oneReceiver = `
receivers: { a: { standIn: {} } }
route: { receivers: [a] }
`;

test('10,000 alerts of one incident in a minute are told once, then with the right counts', async () => {
  const world = new DispatchWorld(oneReceiver);
  await world.start();
  for (let alert = 0; alert < 10_000; alert += 1) {
    world.store({ incident: 'i1', severity: 'critical' });
    if (alert % 200 === 199) await passes(1200);
  }
  await passes(4000);
  expect(world.told('a')).toEqual(['trigger 200']);
  await passes(10 * minute);
  expect(world.told('a')).toEqual(['trigger 200', 'update 10000']);
  await world.close('i1');
  await passes(1000);
  expect(world.told('a')).toEqual(['trigger 200', 'update 10000', 'resolve 10000']);
  expect(new Set(world.delivered.map(({ dedupKey }) => dedupKey))).toEqual(new Set(['anchorwatch-incident-i1']));
  // What is over is forgotten.
  await passes(1000);
  expect(world.groups).toEqual([]);
});

const always =
  (outcome: ReturnType<Behaviour>['outcome']): Behaviour =>
  () => ({ outcome, taken: false });

test('a receiver that is down for ten minutes, over a restart, gets everything once and in order; the other one is not held up', async () => {
  const world = new DispatchWorld(
    'receivers: { a: { standIn: {} }, b: { standIn: {} } }\nroute: { receivers: [a, b] }',
  );
  world.behaviours.set('a', always({ outcome: 'retry', reason: 'HTTP 500' }));
  await world.start();
  world.store({ incident: 'i1' });
  await passes(2000);
  world.store({ incident: 'i2' });
  await passes(5 * minute);
  expect(world.told('a')).toEqual([]);
  expect(world.told('b')).toEqual(['trigger 1', 'trigger 1']);
  await world.restart();
  world.store({ incident: 'i1' });
  await passes(5 * minute);
  await world.close('i1');
  world.behaviours.delete('a');
  await passes(2 * minute);
  const of = (dedupKey: string): string[] =>
    world.delivered
      .filter((one) => one.receiver === 'a' && one.dedupKey === dedupKey)
      .map(({ event, alertsCount }) => `${event} ${String(alertsCount)}`);
  expect(of('anchorwatch-incident-i1')).toEqual(['trigger 2', 'resolve 2']);
  expect(of('anchorwatch-incident-i2')).toEqual(['trigger 1']);
  expect(world.delivered.find((one) => one.receiver === 'a')?.dedupKey).toBe('anchorwatch-incident-i1');
});

test('retries wait as long as the receiver says, and end with a failure that is counted and recorded', async () => {
  const world = new DispatchWorld('receivers: { a: { standIn: {}, giveUpAfter: 5m } }\nroute: { receivers: [a] }');
  let attempts = 0;
  const times: number[] = [];
  world.behaviours.set('a', () => {
    attempts += 1;
    times.push(Date.now());
    return { outcome: { outcome: 'retry', reason: 'HTTP 429', afterMs: 90_000 }, taken: false };
  });
  await world.start();
  world.store({ incident: 'i1' });
  await passes(20 * minute);
  expect(times.slice(1).every((at, index) => at - (times[index] ?? 0) >= 90_000)).toBe(true);
  expect(attempts).toBe(4);
  expect(world.records.map(({ state, reason, detail, attempts: tries }) => ({ state, reason, detail, tries }))).toEqual(
    [{ state: 'failed', reason: 'too-long', detail: 'HTTP 429', tries: 4 }],
  );
  expect(await world.registry.metrics()).toContain('anchorwatch_notifications_total{receiver="a",outcome="failed"} 1');
  // What comes then is tried again, as the trigger that it never was.
  world.behaviours.delete('a');
  world.store({ incident: 'i1' });
  await passes(6 * minute);
  expect(world.told('a')).toEqual(['trigger 2']);
});

test('what a receiver refuses is given up at once and holds up nothing', async () => {
  const world = new DispatchWorld(oneReceiver);
  world.behaviours.set('a', ({ dedupKey }) =>
    dedupKey.endsWith('i1')
      ? { outcome: { outcome: 'failed', reason: 'HTTP 400' }, taken: false }
      : { outcome: { outcome: 'sent' }, taken: true },
  );
  await world.start();
  world.store({ incident: 'i1' });
  world.store({ incident: 'i2' });
  await passes(1000);
  expect(world.told('a')).toEqual(['trigger 1']);
  expect(world.records.map(({ state }) => state)).toEqual(['failed', 'sent']);
});

test('a crash between sending and recording means twice with one dedup key and one id, never none', async () => {
  const world = new DispatchWorld(oneReceiver);
  await world.start();
  world.store({ incident: 'i1' });
  // Taking in, the attempt, and then the crash.
  world.crashAfterSaves = 2;
  await passes(1000);
  expect(world.crashed).toBe(true);
  expect(world.told('a')).toEqual(['trigger 1']);
  await world.restart();
  await passes(1000);
  expect(world.told('a')).toEqual(['trigger 1', 'trigger 1']);
  expect(new Set(world.delivered.map(({ dedupKey, id }) => `${dedupKey} ${id}`)).size).toBe(1);
});

test('alerts that were stored while dispatch was away are told after the start; those before the first start are not', async () => {
  const world = new DispatchWorld(oneReceiver);
  world.store({ incident: 'i0' });
  await world.start();
  world.store({ incident: 'i1' });
  await passes(1000);
  world.crash();
  world.store({ incident: 'i2' });
  await world.close('i1');
  await world.restart();
  await passes(1000);
  expect(world.delivered.map(({ event, dedupKey }) => `${event} ${dedupKey.slice(-2)}`)).toEqual([
    'trigger i1',
    'resolve i1',
    'trigger i2',
  ]);
});

test('accepting what an incident consists of resolves it, acknowledging one of its alerts acknowledges it', async () => {
  const world = new DispatchWorld(oneReceiver);
  await world.start();
  const alert = world.store({ incident: 'i1', key: '/bin/sh', severity: 'warning' });
  world.store({ incident: 'i1', key: '/bin/nc', severity: 'warning' });
  await passes(1000);
  await world.decide({ verdict: 'acknowledge', alert: alert.id, features: [] });
  await passes(10);
  await world.decide({ verdict: 'accept', alert: alert.id, features: [{ dimension: 'exec', key: '/bin/sh' }] });
  await passes(10);
  expect(world.told('a')).toEqual(['trigger 2', 'acknowledge 2']);
  // Somebody who saw to a warning has not seen to what is critical.
  world.store({ incident: 'i1', key: '/bin/sh', severity: 'critical' });
  await passes(1000);
  expect(world.told('a')).toEqual(['trigger 2', 'acknowledge 2', 'update 3']);
  await world.decide({
    verdict: 'accept',
    features: [
      { dimension: 'exec', key: '/bin/sh' },
      { dimension: 'exec', key: '/bin/nc' },
    ],
  });
  await passes(10);
  expect(world.told('a')).toEqual(['trigger 2', 'acknowledge 2', 'update 3', 'resolve 3']);
});

test('a decision that was made while dispatch was away is told after the start', async () => {
  const world = new DispatchWorld(oneReceiver);
  await world.start();
  const alert = world.store({ incident: 'i1' });
  await passes(1000);
  world.crash();
  await passes(1000);
  await world.decide({ verdict: 'deny', alert: alert.id, features: [{ dimension: 'exec', key: '/bin/sh' }] });
  await world.restart();
  await passes(1000);
  expect(world.told('a')).toEqual(['trigger 1', 'acknowledge 1']);
});

test('nobody acknowledges: others are told, and how it goes on', async () => {
  const world = new DispatchWorld(`
receivers: { a: { standIn: {} }, boss: { standIn: {} } }
route: { receivers: [a], escalation: [{ after: 15m, receivers: boss }] }
`);
  await world.start();
  const seen = world.store({ incident: 'i1' });
  world.store({ incident: 'i2' });
  await passes(minute);
  await world.decide({ verdict: 'acknowledge', alert: seen.id, features: [] });
  await passes(15 * minute);
  expect(world.delivered.filter(({ receiver }) => receiver === 'boss').map(({ dedupKey }) => dedupKey)).toEqual([
    'anchorwatch-incident-i2',
  ]);
  await world.restart();
  world.store({ incident: 'i2' });
  await passes(6 * minute);
  await world.close('i2');
  await passes(1000);
  expect(world.told('boss')).toEqual(['trigger 1', 'update 2', 'resolve 2']);
});

test('quiet hours hold back what can wait, and lose nothing', async () => {
  vi.setSystemTime('2026-11-23T22:30:00Z');
  const world = new DispatchWorld(`
receivers: { a: { standIn: {} } }
route:
  receivers: [a]
  quietHours: [{ from: "23:00", to: "07:00", timeZone: Europe/Berlin, except: critical }]
`);
  await world.start();
  world.store({ incident: 'i1', severity: 'warning' });
  world.store({ incident: 'i2', severity: 'critical' });
  await passes(1000);
  expect(world.delivered.map(({ dedupKey }) => dedupKey)).toEqual(['anchorwatch-incident-i2']);
  expect(world.dispatcher.waiting()).toMatchObject([
    { reason: 'quiet-hours', detail: '23:00 to 07:00 Europe/Berlin', time: '2026-11-24T06:00:00.000Z' },
  ]);
  await world.close('i1');
  await passes(7 * 60 * minute + 30 * minute);
  expect(world.delivered.filter(({ dedupKey }) => dedupKey.endsWith('i1')).map(({ event }) => event)).toEqual([
    'trigger',
    'resolve',
  ]);
});

test('a rate limit folds what comes meanwhile and goes on after a restart', async () => {
  const world = new DispatchWorld('receivers: { a: { standIn: {}, rateLimit: 2/10m } }\nroute: { receivers: [a] }');
  await world.start();
  for (const incident of ['i1', 'i2', 'i3']) world.store({ incident });
  await passes(1000);
  await world.restart();
  for (const incident of ['i3', 'i3']) world.store({ incident });
  await passes(9 * minute);
  expect(world.told('a')).toEqual(['trigger 1', 'trigger 1']);
  expect(world.dispatcher.waiting().map(({ reason }) => reason)).toEqual(['rate-limit']);
  await passes(2 * minute);
  expect(world.told('a')).toEqual(['trigger 1', 'trigger 1', 'trigger 3']);
});

test('a receiver with as many groups as it may have counts further alerts in one group', async () => {
  const world = new DispatchWorld(oneReceiver, 3);
  await world.start();
  for (let incident = 0; incident < 9; incident += 1) world.store({ incident: `i${String(incident)}` });
  await passes(1000);
  expect(world.told('a')).toEqual(['trigger 1', 'trigger 1', 'trigger 1', 'trigger 6']);
  expect(world.delivered.at(-1)).toMatchObject({ dedupKey: 'anchorwatch-overflow', group: {} });
  expect(await world.registry.metrics()).toContain('anchorwatch_notifications_total{receiver="a",outcome="folded"} 6');
});

test('other routes take the place of the old ones while something waits', async () => {
  const world = new DispatchWorld(oneReceiver);
  world.behaviours.set('a', always({ outcome: 'retry', reason: 'refused' }));
  await world.start();
  world.store({ incident: 'i1' });
  await passes(3000);
  await world.reload(
    'receivers: { a: { standIn: { name: other } }, b: { standIn: {} } }\nroute: { receivers: [a, b] }',
  );
  await passes(minute);
  expect(world.told('a')).toEqual(['trigger 1']);
  expect(world.told('b')).toEqual([]);
  world.store({ incident: 'i2' });
  await passes(1000);
  expect(world.told('b')).toEqual(['trigger 1']);
});

test('what waits for a receiver that is gone is kept for an hour, then given up and recorded', async () => {
  const world = new DispatchWorld(oneReceiver);
  world.behaviours.set('a', always({ outcome: 'retry', reason: 'refused' }));
  await world.start();
  world.store({ incident: 'i1' });
  await passes(3000);
  await world.reload('receivers: { b: { standIn: {} } }\nroute: { receivers: [b] }');
  await passes(30 * minute);
  expect(world.groups).toHaveLength(1);
  expect(world.lines.join('\n')).toContain('not in the routes file');
  await passes(32 * minute);
  expect(world.groups).toEqual([]);
  expect(world.records).toMatchObject([{ state: 'failed', reason: 'no-such-receiver', receiver: 'a' }]);
});

test('silenced alerts are told to nobody, and a repetition waits for the end of a silence', async () => {
  const world = new DispatchWorld('receivers: { a: { standIn: {} } }\nroute: { receivers: [a], repeatInterval: 30m }');
  await world.start();
  world.store({ incident: 'i1' });
  await passes(1000);
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const base = { id: 's1', by: 'ada', reason: 'planned', createdAt: at(0) };
  world.silences.replace([{ ...base, match: { workload: 'shop/*' }, from: at(0), until: at(60 * minute) }]);
  world.store({ incident: 'i1' });
  world.store({ incident: 'i2' });
  await passes(59 * minute);
  expect(world.told('a')).toEqual(['trigger 1']);
  expect(await world.registry.metrics()).toContain(
    'anchorwatch_notifications_total{receiver="a",outcome="silenced"} 2',
  );
  await passes(2 * minute);
  expect(world.told('a')).toEqual(['trigger 1', 'update 1']);
  expect(world.delivered.at(-1)?.reference).toBe('first');
});

test('alerts of no incident are grouped by their workload and are over when nothing came for a while', async () => {
  const world = new DispatchWorld(oneReceiver);
  await world.start();
  world.store();
  world.store();
  await passes(14 * minute);
  expect(world.told('a')).toEqual(['trigger 2']);
  await passes(2 * minute);
  expect(world.told('a')).toEqual(['trigger 2', 'resolve 2']);
  expect(world.delivered[0]).toMatchObject({
    group: { workload: 'shop/web' },
    title: 'nginx started /bin/sh in shop/web, and 1 more',
    links: { console: expect.stringContaining('https://anchorwatch.example/#/alerts/') as string },
  });
});
