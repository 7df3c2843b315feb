import { expect, test } from 'vitest';
import type { Evidence } from '../protocol/question.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { openDatabase } from './database.ts';
import { EvidenceTable } from './evidence-table.ts';
import type { EvidenceBounds, EvidenceSchema } from './evidence-table.ts';

function table(bounds: EvidenceBounds = {}): EvidenceTable {
  const migrations = collectorMigrations;
  const database = openDatabase<EvidenceSchema>({
    path: ':memory:',
    kind: 'collector',
    migrations,
    synchronous: 'full',
  });
  return new EvidenceTable(database, bounds);
}

function evidence(incident: string, piece: number, sizeBytes = 100): Evidence {
  const times = { fromMs: piece * 1_000, toMs: piece * 1_000 + 999 };
  const data = Buffer.alloc(sizeBytes, piece).toString('base64');
  return { type: 'evidence', id: 1, incident, container: 'c', piece, ...times, entries: 10, dropped: 0, data };
}

const pieces = async (of: EvidenceTable, fromMs = 0, untilMs = 1e12): Promise<number[]> =>
  (await of.placesOf('n', fromMs, untilMs)).map(({ piece }) => piece);

test('pieces are kept once, and told in the order of time as far as they reach into it', async () => {
  const of = table();
  for (const piece of [1, 0, 2, 1])
    expect(await of.keep('n', evidence('i', piece), 1)).toEqual({ outcome: 'stored', dropped: 0 });
  await of.keep('other', evidence('i', 7), 1);
  expect(await pieces(of)).toEqual([0, 1, 2]);
  expect(await pieces(of, 1_999, 2_000)).toEqual([1]);
  expect(await of.find('n', (await of.placesOf('n', 0, 500))[0]!)).toHaveLength(100);
  expect((await of.nodes(0, 1e12)).toSorted()).toEqual(['n', 'other']);
  expect(await of.nodes(0, 6_000)).toEqual(['n']);
});

test('of an incident the oldest pieces make room, of all the incident that came first; what is too large alone is refused', async () => {
  const of = table({ incidentBytesMax: 350, bytesMax: 600 });
  for (const piece of [0, 1, 2]) await of.keep('n', evidence('first', piece), 1);
  expect(await of.keep('n', evidence('first', 3), 2)).toEqual({ outcome: 'stored', dropped: 10 });
  expect(await pieces(of)).toEqual([1, 2, 3]);
  for (const piece of [10, 11, 12]) await of.keep('n', evidence('second', piece), 3);
  expect(await pieces(of)).toHaveLength(6);
  expect(await of.keep('n', evidence('third', 20), 4)).toEqual({ outcome: 'stored', dropped: 30 });
  expect(await pieces(of)).toEqual([10, 11, 12, 20]);
  expect(await of.keep('n', evidence('third', 21, 351), 4)).toEqual({ outcome: 'full', dropped: 10 });
});
