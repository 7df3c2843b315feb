import { expect, test } from 'vitest';
import { tiersOf } from './tiers.ts';
import type { TierGround } from './tiers.ts';

const ground: TierGround = {
  ...{ release: '6.16.3-amd64', lacking: new Set<string>(), connectPrograms: [] },
  ...{ strict: false, everySocket: false },
};

test('the cheaper hooks are taken where they see as much', () => {
  expect(tiersOf(ground)).toEqual({ tcpByCgroup: true, rawByCapability: true });
  expect(tiersOf({ ...ground, release: '7.0-rc1' }).tcpByCgroup).toBe(true);
  // Those of another agent on the node.
  expect(tiersOf({ ...ground, connectPrograms: ['on_connect4', 'on_connect6'] }).tcpByCgroup).toBe(true);
});

test.each<[string, Partial<TierGround>]>([
  ['a kernel whose cgroup hooks have no lineage', { release: '6.12.48+deb13-amd64' }],
  ['strict mode', { strict: true }],
  ['a hook that was refused', { lacking: new Set(['on_connect6']) }],
  ['somebody else who may send connections elsewhere', { connectPrograms: ['cil_sock4_connect'] }],
])('TCP is told by changes of state with %s', (_, difference) => {
  expect(tiersOf({ ...ground, ...difference }).tcpByCgroup).toBe(false);
});

test('without a hook for capabilities, raw sockets are told when socket(2) returns', () => {
  expect(tiersOf({ ...ground, lacking: new Set(['on_capability']) }).rawByCapability).toBe(false);
  expect(tiersOf({ ...ground, everySocket: true }).rawByCapability).toBe(false);
});
