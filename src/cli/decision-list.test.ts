import { expect, test } from 'vitest';
import type { StoredDecision } from '../model/decision.ts';
import { decisionCells } from './decision-list.ts';

const decision: StoredDecision = {
  ...{
    id: '01',
    time: '2026-11-28T19:12:17.552Z',
    verdict: 'accept',
    workload: 'w1',
    by: 'root@vm',
    reason: 'planned',
  },
  features: [
    { dimension: 'exec', key: '/bin/cat' },
    { dimension: 'file.read', key: '/etc/shadow' },
  ],
  nodes: [
    { node: 'a', outcome: 'applied' },
    { node: 'b', outcome: 'pending' },
  ],
};

test('says when, who, what about what, on how many nodes, and why', () => {
  expect(decisionCells(decision, new Map([['w1', 'shop/web']]))).toEqual([
    ...['2026-11-28T19:12:17.552Z', 'root@vm', 'accept', 'shop/web', 'exec /bin/cat and 1 more', '1/2', 'planned'],
  ]);
});

test('names the alert or all of it where there is no feature, and the id of a workload that is gone', () => {
  const none = { ...decision, features: [] };
  expect(decisionCells({ ...none, verdict: 'relearn' }, new Map()).slice(2, 5)).toEqual(['relearn', 'w1', 'all of it']);
  expect(decisionCells({ ...none, verdict: 'acknowledge', alert: '01JD' }, new Map())[4]).toBe('01JD');
});
