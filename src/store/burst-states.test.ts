import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BurstStates } from './burst-states.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import type { ProfileSchema } from './profiles.ts';

let directory = '';
let database: Database<ProfileSchema>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bursts-'));
  database = openDatabase<ProfileSchema>({
    ...{ path: join(directory, 'profiles.db'), kind: 'profile', synchronous: 'normal' },
    migrations: profileMigrations,
  });
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

test('what was saved last comes back, what is gone does not', () => {
  const states = new BurstStates(database);
  states.save([{ workloadId: 'a', state: { n: 1 } }], []);
  states.save(
    [
      { workloadId: 'a', state: { n: 2 } },
      { workloadId: 'b', state: { n: 3 } },
    ],
    [],
  );
  states.save([], ['b']);
  expect(new BurstStates(database).load()).toEqual([{ workloadId: 'a', state: { n: 2 } }]);
});

test('a state that is no JSON is undefined', () => {
  const { query } = database;
  database.run(query.insertInto('burst_state').values({ workload_id: 'a', state: '{' }));
  expect(new BurstStates(database).load()).toEqual([{ workloadId: 'a', state: undefined }]);
});
