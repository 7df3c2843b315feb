import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DispatchWorld, healthy } from '../../test/support/dispatch-world.ts';
import type { Behaviour, Delivered } from '../../test/support/dispatch-world.ts';
import { severities } from '../model/alert.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  vi.setSystemTime('2026-11-23T10:00:00Z');
});
afterEach(() => vi.useRealTimers());

const routes = `
receivers: { a: { standIn: {}, giveUpAfter: 1d }, b: { standIn: {}, giveUpAfter: 1d, rateLimit: 5/1m } }
route:
  receivers: [a]
  routes: [{ match: { minSeverity: critical }, receivers: [b, a] }]
`;

/** What happens in the world, one after the other. */
type Act =
  | { readonly act: 'store'; readonly incident: number; readonly severity: number; readonly times: number }
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'close' | 'acknowledge'; readonly incident: number }
  | { readonly act: 'behave'; readonly receiver: 'a' | 'b'; readonly how: number }
  | { readonly act: 'crash'; readonly afterSaves: number; readonly downMs: number };

const incident = fc.integer({ min: 0, max: 3 });
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        act: fc.constant('store' as const),
        incident,
        severity: fc.integer({ min: 0, max: 2 }),
        times: fc.integer({ min: 1, max: 5 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('close' as const, 'acknowledge' as const), incident }) },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constant('behave' as const),
        receiver: fc.constantFrom('a' as const, 'b' as const),
        how: fc.integer({ min: 0, max: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        act: fc.constant('crash' as const),
        afterSaves: fc.integer({ min: 0, max: 6 }),
        downMs: fc.integer({ min: 0, max: 600_000 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 40 },
);

const behaviours: readonly Behaviour[] = [
  healthy,
  () => ({ outcome: { outcome: 'retry', reason: 'HTTP 500' }, taken: false }),
  // It took it, and the answer was lost.
  () => ({ outcome: { outcome: 'retry', reason: 'no answer in time' }, taken: true }),
  () => ({ outcome: { outcome: 'retry', reason: 'HTTP 429', afterMs: 45_000 }, taken: false }),
];

async function play(world: DispatchWorld, act: Act): Promise<void> {
  const id = 'incident' in act ? `i${String(act.incident)}` : '';
  switch (act.act) {
    case 'store':
      for (let time = 0; time < act.times; time += 1)
        world.store({ incident: id, severity: severities[act.severity] ?? 'notice' });
      break;
    case 'pass':
      await vi.advanceTimersByTimeAsync(act.ms);
      break;
    case 'close':
      await world.close(id);
      break;
    case 'acknowledge': {
      const alert = world.alerts.findLast((one) => one.incident === id);
      if (alert !== undefined) await world.decide({ verdict: 'acknowledge', alert: alert.id, features: [] });
      break;
    }
    case 'behave':
      world.behaviours.set(act.receiver, behaviours[act.how] ?? healthy);
      break;
    case 'crash':
      world.crashAfterSaves = act.afterSaves;
      await vi.advanceTimersByTimeAsync(act.downMs);
      world.crashAfterSaves = Infinity;
      if (world.crashed) await world.restart();
      break;
    default:
  }
}

/** What a receiver heard of an incident since it was last told that it is over. */
function lastLife(heard: readonly Delivered[]): readonly Delivered[] {
  const over = heard.findLastIndex(({ event }) => event === 'resolve');
  return over === heard.length - 1 ? heard : heard.slice(over + 1);
}

test(
  'whatever fails and dies: every receiver is told of everything, in order, with the right count in the end',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (story) => {
        const world = new DispatchWorld(routes);
        await world.start();
        for (const act of story) await play(world, act);
        world.behaviours.clear();
        if (world.crashed) await world.restart();
        await vi.advanceTimersByTimeAsync(20 * 60_000);
        for (const receiver of ['a', 'b'])
          for (const [id, { state }] of world.incidents) {
            const heard = world.delivered.filter((one) => one.receiver === receiver && one.dedupKey.endsWith(`-${id}`));
            // What came in was routed by the severity that the incident had by then; the highest is not lower than at any time.
            const meant = world.alerts.filter((alert) => alert.incident === id && isFor(receiver, alert.severity));
            if (meant.length > 0) expect(heard.length).toBeGreaterThan(0);
            const life = lastLife(heard);
            if (heard.length > 0) expect(heard[0]?.event).toBe('trigger');
            // Of one life, counts never go back, and nothing that was told once becomes another group.
            for (const [index, { alertsCount }] of life.entries())
              expect(alertsCount).toBeGreaterThanOrEqual(life[index - 1]?.alertsCount ?? 0);
            if (state === 'closed' && heard.length > 0) expect(heard.at(-1)?.event).toBe('resolve');
            if (state === 'open' && heard.length > 0) expect(heard.at(-1)?.event).not.toBe('resolve');
          }
        expect(world.dispatcher.waiting()).toEqual([]);
        world.crash();
        await vi.advanceTimersByTimeAsync(1000);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  },
);

function isFor(receiver: string, severity: string): boolean {
  return receiver === 'a' ? severity !== 'notice' : severity === 'critical';
}

test('without an end in between, the last count is that of all alerts, with twice only where an answer or a process was lost', async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (story) => {
      const world = new DispatchWorld('receivers: { a: { standIn: {}, giveUpAfter: 1d } }\nroute: { receivers: [a] }');
      await world.start();
      for (const act of story.filter((one) => one.act !== 'close'))
        await play(world, act.act === 'store' ? { ...act, severity: 1 + (act.severity % 2) } : act);
      world.behaviours.clear();
      if (world.crashed) await world.restart();
      await vi.advanceTimersByTimeAsync(20 * 60_000);
      for (const id of world.incidents.keys()) {
        const heard = world.delivered.filter(({ dedupKey }) => dedupKey.endsWith(`-${id}`));
        expect(heard.at(-1)?.alertsCount).toBe(world.alerts.filter((alert) => alert.incident === id).length);
      }
      const lossless = story.every((act) => act.act !== 'crash' && !(act.act === 'behave' && act.how === 2));
      if (lossless) {
        const said = world.delivered.map(({ dedupKey, event, alertsCount, severity }) =>
          [dedupKey, event, alertsCount, severity].join(' '),
        );
        expect(new Set(said).size).toBe(said.length);
      }
      world.crash();
      await vi.advanceTimersByTimeAsync(1000);
    }),
    { numRuns: 60, endOnFailure: true },
  );
}, 60_000);

test.each([0, 5, 16_000, 60_000])(
  'an incident that is opened again %d ms after it was over is told again, whatever was on its way',
  async (laterMs) => {
    for (const how of [0, 3]) {
      const world = new DispatchWorld(routes);
      await world.start();
      world.behaviours.set('b', behaviours[how] ?? healthy);
      world.store({ incident: 'i1', severity: 'critical' });
      await vi.advanceTimersByTimeAsync(298_524);
      await world.close('i1');
      if (laterMs > 0) await vi.advanceTimersByTimeAsync(laterMs);
      world.store({ incident: 'i1', severity: 'notice' });
      world.behaviours.clear();
      await vi.advanceTimersByTimeAsync(120_000);
      for (const receiver of ['a', 'b'])
        expect(world.told(receiver).at(-1), `${receiver}: ${world.told(receiver).join(', ')}`).toMatch(
          /^(?:trigger|update) [12]$/,
        );
      world.crash();
      await vi.advanceTimersByTimeAsync(1000);
    }
  },
);
