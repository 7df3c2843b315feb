import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { SharedProfile } from '../model/shared-profile.ts';
import { CollectorStore } from './collector-store.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { ContributionTable } from './contribution-table.ts';
import { Contributions } from './contributions.ts';
import type { ContributionSchema } from './contribution-table.ts';
import { openDatabase } from './database.ts';

const dayMs = 86_400_000;
const figures = { startup: 1, steady: 9 };

function shared(id: string, asOfMs: number, changes: Partial<SharedProfile> = {}): SharedProfile {
  return {
    ...{ workload: { id, name: id, kind: 'image' }, asOfMs, halfLifeMs: 30 * dayMs, nodes: 1, samples: figures },
    ...{ incomplete: {}, listeners: [], images: [], features: [], omitted: 0, ...changes },
  };
}

let path: string;
let table: Contributions;
beforeEach(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  path = join(directory, 'collector.db');
  const store = await CollectorStore.open(path);
  table = store.contributions;
  onTestFinished(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

async function all(contributions: ReturnType<Contributions['of']>): Promise<{ node: string; shared: SharedProfile }[]> {
  const list = [];
  for await (const one of contributions) list.push(one);
  return list;
}

const nodes = async (workload: string): Promise<string[]> => (await all(table.of(workload))).map(({ node }) => node);

describe('ContributionTable', () => {
  test('a later contribution replaces the earlier one, an earlier one does not, whatever order they come in', async () => {
    expect(await table.keep('a', shared('w', 10), 1)).toEqual({ outcome: 'stored', dropped: 0 });
    expect(await table.keep('a', shared('w', 20, { omitted: 7 }), 2)).toEqual({ outcome: 'stored', dropped: 0 });
    expect(await table.keep('a', shared('w', 15), 3)).toEqual({ outcome: 'stale', dropped: 0 });
    expect(await all(table.of('w'))).toEqual([{ node: 'a', shared: shared('w', 20, { omitted: 7 }) }]);
    expect(await all(table.of('other'))).toEqual([]);
  });

  test('of a workload the nodes that contributed last are kept', async () => {
    for (let node = 0; node < 32; node++) await table.keep(`n${node}`, shared('w', 1), node);
    await table.keep('n0', shared('w', 2), 100);
    expect(await table.keep('fresh', shared('w', 1), 101)).toEqual({ outcome: 'stored', dropped: 1 });
    const kept = await nodes('w');
    expect(kept).toHaveLength(32);
    expect(kept.slice(0, 2)).toEqual(['fresh', 'n0']);
    expect(kept).not.toContain('n1');
  });

  test('what was not renewed for 60 days is deleted; what is left is there after a restart', async () => {
    await table.keep('old', shared('w', 1), 0);
    await table.keep('new', shared('w', 1), 10 * dayMs);
    expect(await table.prune(61 * dayMs)).toEqual({ age: 1, count: 0, bytes: 0 });
    const again = await CollectorStore.open(path);
    onTestFinished(() => again.close());
    expect((await all(again.contributions.of('w'))).map(({ node }) => node)).toEqual(['new']);
  });

  test('of too many bytes the oldest are deleted', async () => {
    const database = openDatabase<ContributionSchema>({
      ...{ path: `${path}-small`, kind: 'collector', migrations: collectorMigrations, synchronous: 'normal' },
    });
    onTestFinished(() => database.close());
    table = new Contributions(new ContributionTable(database));
    await table.keep('a', shared('w0', 1), 0);
    const one = database.first(database.query.selectFrom('contributions').select('bytes'))?.bytes ?? 0;
    table = new Contributions(new ContributionTable(database, 6.5 * one));
    for (let index = 0; index < 8; index++) await table.keep('a', shared(`w${index}`, 1), index);
    expect(await table.prune(8)).toEqual({ age: 0, count: 0, bytes: 2 });
    expect([await nodes('w1'), await nodes('w2')]).toEqual([[], ['a']]);
  });

  test('forgets a workload, or what one node said about it', async () => {
    for (const node of ['a', 'b', 'c']) for (const id of ['v', 'w']) await table.keep(node, shared(id, 1), 1);
    expect(await table.forget('w', 'b')).toBe(1);
    expect(await table.forget('w', 'b')).toBe(0);
    expect(await table.forget('w')).toBe(2);
    expect(await nodes('v')).toEqual(['a', 'b', 'c']);
  });
});
