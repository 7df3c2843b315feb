import { expect, test } from 'vitest';
import { type ListedNode, nodeCells } from './nodes.ts';

const node: ListedNode = { name: 'a', up: true, stopped: false, version: '1.0.0' };
const reported = {
  sensor: 'bpf',
  containers: 3,
  lost: [{ count: 2 }, { count: 5 }],
  expectedAlertsPerDay: 0.4312,
} as const;

test('shows what is expected with its bounds, beside what was raised', () => {
  const bounds = { low: 0.001, high: 12.7 };
  expect(nodeCells({ ...node, reported: { ...reported, expectedAlertsBounds: bounds, alertsLastDay: 1 } })).toEqual([
    ...['a', 'up', '1.0.0', 'bpf', '3', '7', '0.43 (<0.01 to 13)', '1'],
  ]);
});

test('shows no bounds and no count where the agent tells none, and nothing where it has not reported', () => {
  expect(nodeCells({ ...node, up: false, reported })).toEqual(['a', 'silent', '1.0.0', 'bpf', '3', '7', '0.43', '-']);
  expect(nodeCells({ ...node, up: false, stopped: true })).toEqual(['a', 'stopped', '1.0.0', '-', '-', '-', '-', '-']);
});
