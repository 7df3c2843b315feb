import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import type { ProfileSchema } from './profiles.ts';
import { WorkloadStates } from './workload-states.ts';

let directory = '';
let database: Database<ProfileSchema>;
const open = (): Database<ProfileSchema> =>
  openDatabase<ProfileSchema>({
    ...{ path: join(directory, 'profiles.db'), kind: 'profile', synchronous: 'normal' },
    migrations: profileMigrations,
  });
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-states-'));
  database = open();
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

test.each(['burst_state', 'syscall_mix'] as const)(
  '%s: what was saved last comes back from the file, what is gone does not',
  (table) => {
    const states = new WorkloadStates(database, table);
    expect(states.load()).toEqual([]);
    states.save([{ workloadId: 'a', state: { n: 1 } }]);
    states.save([
      { workloadId: 'a', state: { n: 2 } },
      { workloadId: 'b', state: { n: 3 } },
    ]);
    states.save([], ['b']);
    database.close();
    database = open();
    expect(new WorkloadStates(database, table).load()).toEqual([{ workloadId: 'a', state: { n: 2 } }]);
  },
);

test('each table has states of its own', () => {
  new WorkloadStates(database, 'burst_state').save([{ workloadId: 'a', state: 1 }]);
  expect(new WorkloadStates(database, 'syscall_mix').load()).toEqual([]);
});

test('a state that is no JSON is undefined, and hides no other', () => {
  const { query } = database;
  const states = new WorkloadStates(database, 'syscall_mix');
  states.save([{ workloadId: 'b', state: [1] }]);
  database.run(query.insertInto('syscall_mix').values({ workload_id: 'a', state: '{' }));
  expect(states.load()).toEqual(
    expect.arrayContaining([
      { workloadId: 'a', state: undefined },
      { workloadId: 'b', state: [1] },
    ]),
  );
});
