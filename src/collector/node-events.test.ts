import { expect, test } from 'vitest';
import { waitFor } from '../../test/support/wait.ts';
import { makeEvent } from '../../test/support/cluster-events.ts';
import { clusterEventOf } from '../identity/kubernetes/cluster-event.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import { NodeEvents } from './node-events.ts';

const atMs = Date.parse('2026-11-28T10:00:00Z');
const minuteMs = 60_000;

function start(fails: () => boolean = () => false): {
  readonly events: NodeEvents;
  readonly raised: Alert[];
  readonly take: (reason: string, message?: string, minutes?: number, node?: string) => boolean;
} {
  const raised: Alert[] = [];
  const events = new NodeEvents({
    nodes: () => [{ name: 'node-1' }, { name: 'node-2' }],
    raise: async (alert) => {
      if (fails()) throw new Error('the disk is full');
      raised.push(alert);
    },
    clock: { nowMs: () => atMs + 600 * minuteMs, monotonicMs: () => 0 },
    ...{ log: createLogger({ level: 'silent' }), retryMs: 1 },
  });
  const take = (reason: string, message = '', minutes = 0, node = 'node-1'): boolean => {
    const lastTimestamp = new Date(atMs + minutes * minuteMs).toISOString();
    const involvedObject = { kind: 'Node', name: node, uid: node };
    return events.take(clusterEventOf(makeEvent('uid', reason, message, { involvedObject, lastTimestamp })));
  };
  return { events, raised, take };
}

const told = ({ key, severity, count, incident }: Alert): unknown => [key, severity, count, incident];

test('a trouble is one alert until it is over, which is told in its incident; then it is another', async () => {
  const { raised, take } = start();
  for (const [reason, minutes] of [
    ['NodeHasDiskPressure', 0],
    ['EvictionThresholdMet', 1],
    ['NodeHasNoDiskPressure', 2],
    ['NodeHasNoDiskPressure', 3],
    ['NodeHasDiskPressure', 4],
  ] as const)
    take(reason, reason === 'EvictionThresholdMet' ? 'Attempting to reclaim ephemeral-storage' : '', minutes);
  await waitFor('all', () => raised.length === 4);
  const [first, , , second] = raised.map(({ id }) => id);
  expect(raised.map(told)).toEqual([
    ['node:disk-pressure', 'notice', 1, first],
    ['node:disk-pressure', 'notice', 2, first],
    ['node:disk-pressure-over', 'notice', 1, first],
    ['node:disk-pressure', 'notice', 1, second],
  ]);
  expect(raised[1]).toMatchObject({ id: first, time: raised[0]?.time, lastTime: '2026-11-28T10:01:00.000Z' });
  expect(second).not.toBe(first);
});

test('what has no end is another one after an hour; ids follow from what is told', async () => {
  const oom = 'System OOM encountered, victim process: stress, pid: 4711';
  const [one, again] = [start(), start()];
  for (const { take } of [one, again])
    for (const minutes of [0, 59, 118, 179]) expect(take('SystemOOM', oom, minutes)).toBe(true);
  await waitFor('all', () => one.raised.length + again.raised.length === 8);
  expect(one.raised.map(({ count }) => count)).toEqual([1, 2, 3, 1]);
  expect(one.raised[0]).toMatchObject({
    ...{ severity: 'warning', node: 'node-1', evidence: { note: oom } },
    title: 'the kernel of node node-1 ended stress for want of memory',
  });
  expect(again.raised.map(({ id }) => id)).toEqual(one.raised.map(({ id }) => id));
});

test('nodes without an agent, the ordinary course of things, and ends of what never began are no news', () => {
  const { raised, take } = start();
  expect(take('NodeNotReady', '', 0, 'made-up')).toBe(false);
  for (const reason of ['NodeReady', 'Starting', 'RegisteredNode', 'NodeHasSufficientPID', 'InvalidDiskCapacity'])
    expect(take(reason)).toBe(false);
  expect(take('OOMKilling', 'Memory cgroup out of memory: Killed process 4711 (java)')).toBe(false);
  expect(raised).toEqual([]);
});

test('what the store does not take is tried again, in its order; more than it has room for is left out', async () => {
  let full = true;
  const { raised, take } = start(() => full);
  for (let index = 0; index < 300; index++) take('NodeNotReady', '', 0, `node-${String(1 + (index % 2))}`);
  full = false;
  await waitFor('what waited', () => raised.length === 256);
  expect(raised.slice(0, 4).map(({ node, count }) => `${node} ${String(count)}`)).toEqual([
    ...['node-1 1', 'node-2 1', 'node-1 2', 'node-2 2'],
  ]);
});
