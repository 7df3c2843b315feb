import { mkdirSync, mkdtempSync, rmSync, linkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NamespaceMap, namespacesOf } from './namespace-map.ts';

/** A map as the kernel would have it: cgroup ids by inode. */
function mapped(): { readonly map: NamespaceMap; readonly entries: Map<number, bigint> } {
  const entries = new Map<number, bigint>();
  const map = new NamespaceMap(
    {
      update: (_, key, value) => {
        entries.set(Buffer.from(key).readUInt32LE(0), Buffer.from(value).readBigUInt64LE(0));
        return 0;
      },
      remove: (_, key) => (entries.delete(Buffer.from(key).readUInt32LE(0)) ? 0 : -2),
    },
    3,
  );
  return { map, entries };
}

describe('the map of namespaces', () => {
  test('a namespace stands for its container until that is removed', () => {
    const { map, entries } = mapped();
    map.set('7', [4_026_532_001, 4_026_532_002]);
    expect([...entries]).toEqual([
      [4_026_532_001, 7n],
      [4_026_532_002, 7n],
    ]);
    map.remove('7');
    expect(entries.size).toBe(0);
  });

  test('one that containers share stands for the first of them, then for the next', () => {
    const { map, entries } = mapped();
    map.set('7', [1, 9]);
    map.set('8', [2, 9]);
    map.set('5', [9]);
    expect(entries.get(9)).toBe(7n);
    map.remove('8');
    expect(entries.get(9)).toBe(7n);
    map.remove('7');
    expect([...entries]).toEqual([[9, 5n]]);
  });

  test('a container that is watched again has its new ones only', () => {
    const { map, entries } = mapped();
    map.set('7', [1, 2]);
    map.set('7', [1, 3]);
    map.set('7', [1, 3]);
    expect([...entries]).toEqual([
      [1, 7n],
      [3, 7n],
    ]);
  });
});

test('namespaces of a process, without those of the node and of the agent, or of one that is gone', () => {
  const proc = mkdtempSync(join(tmpdir(), 'aw-namespaces-'));
  onTestFinished(() => rmSync(proc, { recursive: true }));
  for (const pid of ['1', 'self', '20', '30']) mkdirSync(join(proc, pid, 'ns'), { recursive: true });
  const at = (pid: string, kind: string): string => join(proc, pid, 'ns', kind);
  for (const pid of ['1', '30']) for (const kind of ['mnt', 'pid']) writeFileSync(at(pid, kind), '');
  // Namespaces that are shared are one inode.
  linkSync(at('1', 'pid'), at('self', 'pid'));
  linkSync(at('1', 'pid'), at('20', 'pid'));
  writeFileSync(at('self', 'mnt'), '');
  linkSync(at('self', 'mnt'), at('20', 'mnt'));
  expect(namespacesOf(20, proc)).toEqual([]);
  expect(namespacesOf(30, proc)).toHaveLength(2);
  expect(namespacesOf(40, proc)).toEqual([]);
});
