import { expect, test } from 'vitest';
import { SeenRequests } from './seen-requests.ts';

test('one request is judged once, by the first stage that says how it was answered', () => {
  const seen = new SeenRequests();
  expect(seen.see({ auditId: 'a', stage: 'RequestReceived' })).toBe('first');
  expect(seen.see({ auditId: 'a', stage: 'ResponseStarted' })).toBe('first');
  expect(seen.see({ auditId: 'a', stage: 'ResponseComplete' })).toBe('further');
  for (const stage of ['RequestReceived', 'ResponseStarted', 'ResponseComplete'] as const)
    expect(seen.see({ auditId: 'a', stage })).toBe('again');
  // Batches may come out of order.
  expect(seen.see({ auditId: 'b', stage: 'ResponseComplete' })).toBe('first');
  expect(seen.see({ auditId: 'b', stage: 'RequestReceived' })).toBe('further');
});

test('what could not be kept is new again', () => {
  const seen = new SeenRequests();
  seen.see({ auditId: 'a', stage: 'ResponseComplete' });
  seen.forget([{ auditId: 'a' }]);
  expect(seen.see({ auditId: 'a', stage: 'ResponseComplete' })).toBe('first');
});

test('as many are remembered as the capacity says, and no more than twice as many', () => {
  const seen = new SeenRequests(10);
  for (let id = 0; id < 30; id += 1) seen.see({ auditId: String(id), stage: 'ResponseComplete' });
  expect(seen.see({ auditId: '20', stage: 'ResponseComplete' })).toBe('again');
  expect(seen.see({ auditId: '0', stage: 'ResponseComplete' })).toBe('first');
});
