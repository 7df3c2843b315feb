import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseRules, readRuleFiles } from '../../src/detect/rules.ts';
import { openDatabase } from '../../src/store/database.ts';
import { profileMigrations } from '../../src/store/profile-migrations.ts';
import { Profiles } from '../../src/store/profiles.ts';
import type { ProfileSchema } from '../../src/store/profiles.ts';
import { runScenario } from './scenario.ts';

const folder = import.meta.dirname;
const rules = parseRules(readRuleFiles([join(folder, '../../profiles/rules')]));
const state = mkdtempSync(join(tmpdir(), 'anchorwatch-scenarios-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

function run(text: string, name: string): readonly string[] {
  const path = join(state, `${name}.db`);
  let close = (): void => {};
  try {
    return runScenario(text, {
      rules,
      openStore: () => {
        close();
        const database = openDatabase<ProfileSchema>({
          path,
          kind: 'profile',
          migrations: profileMigrations,
          synchronous: 'normal',
        });
        close = () => database.close();
        return new Profiles(database);
      },
    });
  } finally {
    close();
  }
}

describe('scenarios', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.scenario')))('%s', (name) => {
    expect(run(readFileSync(join(folder, name), 'utf8'), name)).toEqual([]);
  });

  test('an expectation that is not met is named with its line', () => {
    const failures = run('container a\nat 0s a start\nuntil 1s\nexpect alert any exec /bin/sh', 'unmet');
    expect(failures).toEqual(['line 4: expect alert any exec /bin/sh: raised nothing']);
  });

  test('a line that is not understood is named', () => {
    expect(() => run('container a\nfrobnicate', 'wrong')).toThrow('line 2: frobnicate: unknown word "frobnicate"');
  });
});
