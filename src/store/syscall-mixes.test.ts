import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import type { ProfileSchema } from './profiles.ts';
import { SyscallMixes } from './syscall-mixes.ts';

test('mixtures are kept by workload, the last one saved; what is no JSON is undefined', () => {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-mixes-'));
  const path = join(directory, 'profiles.db');
  const open = (): ReturnType<typeof openDatabase<ProfileSchema>> =>
    openDatabase<ProfileSchema>({ path, kind: 'profile', migrations: profileMigrations, synchronous: 'normal' });
  try {
    const first = open();
    const mixes = new SyscallMixes(first);
    expect(mixes.load()).toEqual([]);
    mixes.save([
      { workloadId: 'a', state: { learned: 1 } },
      { workloadId: 'b', state: { learned: 2 } },
    ]);
    mixes.save([{ workloadId: 'a', state: { learned: 3 } }]);
    first.run(first.query.insertInto('syscall_mix').values({ workload_id: 'c', state: '{' }));
    first.close();
    const again = open();
    expect(new SyscallMixes(again).load()).toEqual([
      { workloadId: 'a', state: { learned: 3 } },
      { workloadId: 'b', state: { learned: 2 } },
      { workloadId: 'c', state: undefined },
    ]);
    again.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
