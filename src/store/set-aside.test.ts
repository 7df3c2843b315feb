import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AnchorwatchError } from '../lib/errors.ts';
import { openDatabase } from './database.ts';
import { profileMigrations } from './profile-migrations.ts';
import { Profiles } from './profiles.ts';
import type { ProfileRows, ProfileSchema } from './profiles.ts';
import { openOrSetAside } from './set-aside.ts';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-aside-'));
  path = join(directory, 'profiles.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Opens the profiles as the agent does, loads them and closes them. */
function load(): readonly ProfileRows[] {
  const database = openDatabase<ProfileSchema>({
    ...{ path, kind: 'profile', migrations: profileMigrations, synchronous: 'normal', check: true },
  });
  try {
    return [...new Profiles(database).load()];
  } finally {
    database.close();
  }
}

function loadOrSetAside(): {
  readonly rows: readonly ProfileRows[];
  readonly asides: string[];
  readonly codes: string[];
} {
  const asides: string[] = [];
  const codes: string[] = [];
  const rows = openOrSetAside(path, load, (aside, error: AnchorwatchError) => {
    asides.push(aside);
    codes.push(error.code);
  });
  return { rows, asides, codes };
}

function save(listeners: string): void {
  const database = openDatabase<ProfileSchema>({
    ...{ path, kind: 'profile', migrations: profileMigrations, synchronous: 'normal' },
  });
  const workload = { id: 'w1', name: 'shop/web', kind: 'compose' } as const;
  const features = Array.from({ length: 2000 }, (_, number) => ({
    ...{ dimension: 'file.read' as const, key: `/srv/${number}/${'x'.repeat(40)}`, state: 'known' as const },
    ...{ startup: 0, steady: 1, weight: { startup: 0, steady: 1 }, firstSeenMs: 0, lastSeenMs: 0 },
  }));
  const samples = { startup: 1, steady: 1 };
  new Profiles(database).save([
    {
      workload,
      createdMs: 0,
      samples,
      decay: undefined,
      listeners: [],
      incomplete: {},
      features,
      kernelKeys: [],
      removed: [],
    },
  ]);
  if (listeners !== '[]') database.run(database.query.updateTable('profile').set({ listeners }));
  database.close();
}

test('a sound file stays where it is', () => {
  save('[]');
  const { rows, asides } = loadOrSetAside();
  expect(rows[0]?.features).toHaveLength(2000);
  expect(asides).toEqual([]);
});

test.each([
  ['that is no database', () => writeFileSync(path, 'this is not a database'.repeat(500))],
  [
    'with a page that was overwritten',
    () => {
      save('[]');
      const file = openSync(path, 'r+');
      writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, Math.floor(statSync(path).size / 4096 / 2) * 4096);
      closeSync(file);
    },
  ],
  [
    'that was cut off',
    () => {
      save('[]');
      writeFileSync(path, readFileSync(path).subarray(0, 20_000));
    },
  ],
  ['with a row that holds no JSON where there must be some', () => save('[oops')],
])('a file %s is moved aside, told of, and a new one begins', (_what, damage) => {
  damage();
  const { rows, asides, codes } = loadOrSetAside();
  expect(rows).toEqual([]);
  expect({ asides, codes }).toEqual({ asides: [`${path}.damaged`], codes: ['store.corrupt'] });
  expect(existsSync(`${path}.damaged`)).toBe(true);
  expect(loadOrSetAside().asides).toEqual([]);
});

test('a second damaged file takes the place of the first', () => {
  writeFileSync(path, 'first'.repeat(1000));
  loadOrSetAside();
  writeFileSync(path, 'second'.repeat(1000));
  for (const companion of ['-wal', '-shm']) rmSync(`${path}${companion}`, { force: true });
  loadOrSetAside();
  expect(readFileSync(`${path}.damaged`, 'utf8')).toContain('second');
});

test('a file of another program is not touched', () => {
  const other = openDatabase({ path, kind: 'outbox', migrations: profileMigrations, synchronous: 'normal' });
  other.close();
  const before = readFileSync(path);
  expect(loadOrSetAside).toThrow(expect.objectContaining({ code: 'store.kind' }));
  expect(readFileSync(path).equals(before)).toBe(true);
});
