import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import type { ProfileSchema } from './profiles.ts';
import { RateModels } from './rate-models.ts';

let directory: string;
let database: Database<ProfileSchema>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aw-rates-'));
  database = openDatabase<ProfileSchema>({
    ...{ path: join(directory, 'profiles.db'), kind: 'profile', migrations: profileMigrations, synchronous: 'normal' },
  });
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

test('models are there again, each as it was saved last', () => {
  const models = new RateModels(database);
  const row = { workloadId: 'w', name: 'cpu', state: { level: 1 } };
  models.save([row, { ...row, name: 'exec' }, { ...row, workloadId: 'v' }]);
  models.save([{ ...row, state: { level: 2, peaks: [0.1, 1e300] } }]);
  expect(models.load()).toEqual([
    { workloadId: 'v', name: 'cpu', state: { level: 1 } },
    { workloadId: 'w', name: 'cpu', state: { level: 2, peaks: [0.1, 1e300] } },
    { workloadId: 'w', name: 'exec', state: { level: 1 } },
  ]);
});

test('a workload is forgotten with all its rates', () => {
  const models = new RateModels(database);
  for (const workloadId of ['u', 'v', 'w']) models.save([{ workloadId, name: 'cpu', state: 1 }]);
  models.remove(['u', 'w', 'x']);
  expect(models.load().map(({ workloadId }) => workloadId)).toEqual(['v']);
});

test('a state that is no JSON costs itself alone', () => {
  const models = new RateModels(database);
  models.save([
    { workloadId: 'w', name: 'cpu', state: 1 },
    { workloadId: 'w', name: 'exec', state: 2 },
  ]);
  database.run(database.query.updateTable('rate_model').set({ state: '{"level":' }).where('name', '=', 'cpu'));
  expect(models.load().map(({ name, state }) => [name, state])).toEqual([
    ['cpu', undefined],
    ['exec', 2],
  ]);
});
