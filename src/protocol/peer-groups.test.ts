import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyPeers } from '../../test/support/peers.ts';
import { addressOfPeer, groupPeers, isPeerEntry, ungroupPeers } from './peer-groups.ts';
import { decodeCollectorMessage, encodeMessage } from './message.ts';

test('groups hold their entries, whatever these are, and each piece fits a message', () => {
  assert(
    property(anyPeers, (peers) => {
      const entries = Object.entries(peers);
      const pieces = groupPeers(entries, 400);
      const back = pieces.flatMap(({ put }) => ungroupPeers(put) ?? []);
      expect(Object.fromEntries(back)).toEqual(peers);
      expect(back).toHaveLength(entries.length);
      for (const { put, gone } of pieces) {
        expect(gone).toEqual([]);
        expect(JSON.stringify(put).length).toBeLessThan(800);
      }
      const removed = groupPeers(
        entries.map(([key]) => [key, undefined] as const),
        400,
      );
      expect(
        removed
          .flatMap(({ gone }) => ungroupPeers(gone, true) ?? [])
          .map(([key]) => key)
          .toSorted(),
      ).toEqual(Object.keys(peers).toSorted());
    }),
  );
});

test('a full piece is a message that the protocol takes', () => {
  const entries = Array.from({ length: 20_000 }, (_, index): [string, string] => {
    const address = `10.${String(index >> 16)}.${String((index >> 8) & 255)}.${String(index & 255)}`;
    return [`endpoint ${address} 6432/tcp`, `payments/service/db-${String(index)} 5432`];
  });
  for (const [index, { put }] of groupPeers(entries).entries()) {
    const part = { epoch: 'e', version: 1, part: index + 1, parts: 100, entries: 20_000, leftOut: 0, put };
    const text = encodeMessage({ type: 'peers-part', ...part });
    expect(text.length).toBeLessThan(200_000);
    expect(decodeCollectorMessage(text)).toMatchObject(part);
  }
});

describe('what is no entry', () => {
  test.each([
    ['pod 10.0.0.1', 'no-name'],
    ['pod 10.0.0.1', 'a/b/c/d'],
    ['pod 10.0.0.1', 'a/b/c:80'],
    ['pod 10.0.0.1', 'a/b/c 80'],
    ['pod 10.0.0', 'a/b/c'],
    ['pod fe80::1%eth0', 'a/b/c'],
    ['pod 10.0.0.1 80/tcp', 'a/b/c'],
    ['node 10.0.0.1', 'a/b/c'],
    ['endpoint 10.0.0.1', 'a/b/c 80'],
    ['endpoint 10.0.0.1 80/tcp', 'a/b/c'],
    ['endpoint 10.0.0.1 80/http', 'a/b/c 80'],
    ['endpoint 10.0.0.1 80/tcp', 'a/b/c 70000'],
  ])('%s, %s', (key, name) => {
    expect(isPeerEntry([key, name])).toBe(false);
  });

  test.each([
    [[{ pod: 'a/b', at: '10.0.0.1' }]],
    [[{ pod: 'a/b/c', at: '' }]],
    [[{ pod: 'a/b/c', at: '10.0.0.1  10.0.0.2' }]],
    [[{ pod: 'a/b/c', at: '10.0.0.1 example.com' }]],
    [[{ service: '', at: '10.0.0.1' }]],
    [[{ endpoint: 'a/b/c', port: 1, target: 'x', at: '10.0.0.1' }]],
  ])('%j', (groups) => {
    expect(ungroupPeers(groups)).toBeUndefined();
  });
});

test('the address of a key', () => {
  expect(['service 10.0.0.1', 'endpoint fd00::1 80/tcp'].map(addressOfPeer)).toEqual(['10.0.0.1', 'fd00::1']);
});
