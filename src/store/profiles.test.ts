import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import { Profiles } from './profiles.ts';
import type { ProfileRows, ProfileSchema } from './profiles.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(versions: number): ReturnType<typeof openDatabase<ProfileSchema>> {
  const migrations = profileMigrations.slice(0, versions);
  return openDatabase<ProfileSchema>({
    ...{ path: join(directory, 'profiles.db'), kind: 'profile', migrations, synchronous: 'normal' },
  });
}

const versions = profileMigrations.map(({ name }, index) => ({ name, version: index + 1 }));

test.each(versions)('profiles of a file of version $version ($name) keep their counts, and weights', ({ version }) => {
  const before = open(version);
  before.run(
    before.query.insertInto('profile').values({
      ...{ workload_id: 'w', workload_name: 'shop/web', workload_kind: 'compose', created_ms: 5, listeners: '[]' },
      ...{ samples_startup: 2, samples_steady: 40, ...(version >= 2 ? { incomplete: '{}' } : {}) },
    } as ProfileSchema['profile']),
  );
  before.run(
    before.query.insertInto('profile_feature').values({
      ...{ workload_id: 'w', dimension: 'exec', key: '/bin/app', state: 'known', startup: 2, steady: 39 },
      ...{ first_seen_ms: 5, last_seen_ms: 9, ...(version >= 3 ? { startup_weight: 2, steady_weight: 39 } : {}) },
    } as ProfileSchema['profile_feature']),
  );
  before.close();
  const after = open(profileMigrations.length);
  const [profile] = new Profiles(after).load();
  expect(profile).toMatchObject({
    ...{ decay: undefined, samples: { startup: 2, steady: 40 } },
    features: [{ key: '/bin/app', startup: 2, steady: 39, weight: { startup: 2, steady: 39 } }],
  });
  expect(after.pragma('user_version')).toBe(profileMigrations.length);
  expect(after.pragma('integrity_check')).toBe('ok');
  after.close();
});

test('weights are stored to the last bit', () => {
  const database = open(profileMigrations.length);
  const rows: ProfileRows = {
    workload: { id: 'w', name: 'shop/web', kind: 'compose' },
    createdMs: 0,
    samples: { startup: 1, steady: 2 },
    decay: { landmarkMs: 7, halfLifeMs: 86_400_000, samples: { startup: 1, steady: 2 ** (1 / 3) } },
    listeners: ['/bin/app'],
    incomplete: { exec: { startup: 0, steady: 2 ** (1 / 7) } },
    features: [
      {
        ...{ dimension: 'exec', key: '/bin/app', state: 'known', startup: 1, steady: 2 },
        ...{ weight: { startup: 1, steady: 2 ** (1 / 5) }, firstSeenMs: 1, lastSeenMs: 2 },
      },
    ],
    kernelKeys: [],
    removed: [],
  };
  const profiles = new Profiles(database);
  profiles.save([rows]);
  expect([...profiles.load()]).toEqual([rows]);
  database.close();
});

test('a profile that starts anew takes the place of what was stored', () => {
  const database = open(profileMigrations.length);
  const profiles = new Profiles(database);
  const rows: ProfileRows = {
    workload: { id: 'w', name: 'shop/web', kind: 'compose' },
    ...{
      createdMs: 1,
      samples: { startup: 1, steady: 2 },
      decay: undefined,
      listeners: [],
      incomplete: {},
      removed: [],
    },
    features: [
      {
        ...{ dimension: 'exec', key: '/bin/app', state: 'known', startup: 1, steady: 2 },
        ...{ weight: { startup: 1, steady: 2 }, firstSeenMs: 1, lastSeenMs: 2 },
      },
    ],
    kernelKeys: [{ kernelKey: { kind: 'file.read', path: '/srv/x' }, features: ['file.read /srv/x'] }],
  };
  profiles.save([rows]);
  const fresh = { ...rows, createdMs: 9, features: [], kernelKeys: [], relearned: 'a decision' };
  profiles.save([{ ...fresh, reset: true }]);
  expect([...profiles.load()]).toEqual([fresh]);
  database.close();
});
