import { expect, test } from 'vitest';
import { Redial } from './redial.ts';

const broken = { reason: 'closed', detail: 'the connection broke' } as const;

/** Numbers in [0, 1) that are spread evenly. */
function evenly(count: number): () => number {
  let next = 0;
  return () => (next++ % count) / count;
}

test('ten thousand agents whose collector is gone come back spread over the time that it asked for', () => {
  const random = evenly(10_000);
  const perSecond = new Map<number, number>();
  for (let agent = 0; agent < 10_000; agent += 1) {
    const redial = new Redial({ random });
    redial.spread(40_000);
    redial.welcomed();
    const second = Math.floor(redial.waitMs(broken, undefined) / 1000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  expect(perSecond.size).toBe(40);
  expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(251);
});

test('the wait grows while the collector cannot be reached, and what it asked for is kept', () => {
  const redial = new Redial({ random: () => 0.999_999 });
  const waits = Array.from({ length: 9 }, () => redial.waitMs({ ...broken, reason: 'unreachable' }, undefined));
  expect(waits).toEqual([499, 999, 1999, 3999, 7999, 15_999, 29_999, 29_999, 29_999]);
  expect(redial.waitMs({ ...broken, retryAfterMs: 2000 }, undefined)).toBe(3999);
  expect(redial.waitMs({ ...broken, reason: 'unauthorized' }, undefined)).toBeGreaterThan(29_000);
  redial.welcomed();
  expect(redial.waitMs(broken, undefined)).toBe(499);
});

test('an older collector that refuses the version is tried with the one below, and a newer one again after it', () => {
  const redial = new Redial({ random: () => 0.5 });
  const refusal = { type: 'refuse', code: 'protocol.version', message: '' } as const;
  expect(redial.version).toBe(2);
  expect(redial.waitMs(broken, refusal)).toBe(250);
  expect(redial.version).toBe(1);
  expect(redial.waitMs(broken, refusal)).toBe(22_500);
  expect(redial.version).toBe(2);
});
