import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listOptions } from '../../src/config/options.ts';
import { parseConfigFile } from '../../src/config/file.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { parseRules } from '../../src/detect/rule-parser.ts';
import { AnchorwatchError } from '../../src/lib/errors.ts';
import { openDatabase } from '../../src/store/database.ts';
import { OutboxStore } from '../../src/store/outbox-store.ts';
import { profileMigrations } from '../../src/store/profile-migrations.ts';
import { Profiles } from '../../src/store/profiles.ts';
import type { ProfileSchema } from '../../src/store/profiles.ts';
import { makeAlert } from '../support/alerts.ts';
import type { Target } from './target.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const yamlWords = [
  ...[
    '- ',
    ': ',
    '\n',
    '\n  ',
    '|',
    '>',
    '&a ',
    '*a',
    '!!binary ',
    '<<: *a',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '---\n',
    '?',
  ],
  ...['null', 'true', '.inf', '.nan', '0x10', '1e999', '__proto__: ', '\ufeff', '\u2028', '\t'],
];
const lists = new Map(listOptions().flatMap(({ name, list }) => (list === undefined ? [] : [[name, list] as const])));

/** The configuration file: settings, or every mistake by name. */
export const configTarget: Target = {
  name: 'config',
  covers: (path) => path.startsWith('src/config/'),
  seeds: () => [
    bytesOf('slice: 30s\nlisten: 127.0.0.1:0\nrules:\n  - /etc/a\n  - b.yaml\nalert-budget: 2\n'),
    bytesOf(
      'thresholds:\n  - dimension: exec\n    warning: 4\n    workload: shop/web\n    critical: 6\noutbox-size: 2MB\n',
    ),
  ],
  dictionary: [...yamlWords, ...listOptions().map(({ name }) => `${name}: `), '30s', '1MB', '127.0.0.1:0'],
  maxBytes: 1500,
  check: (bytes) => {
    const readFile = (file: string): ReturnType<typeof parseConfigFile> => parseConfigFile(file, textOf(bytes), lists);
    try {
      resolveSettings('up', { flags: { config: 'c.yaml' }, env: {}, readFile });
    } catch (error) {
      assert.ok(error instanceof AnchorwatchError, `thrown: ${String(error)}`);
      assert.equal(error.code, 'bad-option');
      assert.ok(error.message.length > 0);
    }
  },
};

const ruleText = readFileSync(new URL('../../profiles/rules/rates.yaml', import.meta.url), 'utf8');

/** Files of suspicion rules: rules, or problems that say what and where. */
export const rulesTarget: Target = {
  name: 'rules',
  covers: (path) => /^src\/detect\/(?:rule-parser|condition|examples|rules)\.ts$/.test(path),
  seeds: () => [
    bytesOf(ruleText.slice(0, 4000)),
    bytesOf(
      'rules:\n  - id: a-rule\n    title: t\n    dimensions: [exec]\n    when: event.name == "x" && program in list.shells\n    suspicion: 3\n' +
        '    explanation: e\n    matches: [{ }]\n    does not match: [{ }]\nlists:\n  shells: [sh, 1]\ndisabled: [a-rule]\n',
    ),
  ],
  dictionary: [
    ...yamlWords,
    ...['rules:', 'id: ', 'when: ', 'suspicion: ', 'matches:', 'dimensions: [', 'override: true', 'enabled: false'],
    ...[' && ', ' || ', '!', '.matches("', '.startsWith("', ' in ', '? ', '(', ')', '1/0', '.exists(x, ', 'T1059.004'],
  ],
  maxBytes: 4000,
  check: (bytes) => {
    const { problems } = parseRules([{ file: 'a.yaml', text: textOf(bytes), layer: 0 }]);
    for (const { reason } of problems)
      assert.ok(reason.length > 0 && reason.length < 10_000, 'a problem without a name');
  },
};

const scratch = mkdtempSync(join(tmpdir(), 'anchorwatch-files-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** A target whose inputs are files: opened and used as the product does, they work or are refused with a code of the store. */
function fileTarget(name: string, make: (path: string) => void, use: (path: string) => void): Target {
  const path = join(scratch, `${name}.db`);
  const companions = ['', '-wal', '-shm'];
  const clear = (): void => {
    for (const companion of companions) rmSync(`${path}${companion}`, { force: true });
  };
  return {
    name,
    covers: (source) => source.startsWith('src/store/'),
    seeds: () => {
      clear();
      make(path);
      return [new Uint8Array(readFileSync(path))];
    },
    dictionary: [
      ...['SQLite format 3\0', 'CREATE TABLE ', 'CREATE INDEX ', 'STRICT', 'TEXT', 'INTEGER', 'PRIMARY KEY'],
      ...['{"id":"', '"severity":"', 'null', '\0\0\0\0', '\u0001', '01JDAW00000000000000000001'],
    ],
    maxBytes: 200_000,
    check: (bytes) => {
      clear();
      writeFileSync(path, bytes);
      try {
        use(path);
      } catch (error) {
        assert.ok(error instanceof AnchorwatchError, `thrown: ${String(error)}`);
        assert.match(error.code, /^store\./);
      }
    },
  };
}

const bounds = { sizeBytesMax: 1e6, ageMsMax: 1e9 };

/** What the agent finds of its alerts that wait. */
export const outboxTarget: Target = fileTarget(
  'outbox-file',
  (path) => {
    const store = new OutboxStore(path, bounds);
    for (const number of [1, 2, 3]) store.put(makeAlert(number));
    store.close();
  },
  (path) => {
    const store = new OutboxStore(path, bounds);
    try {
      const { waiting } = store.next(100);
      for (const { alert } of waiting) assert.match(alert.id, /^[0-9A-Z]{26}$/);
      store.put(makeAlert(4));
      store.settle(waiting, 'sent');
    } finally {
      store.close();
    }
  },
);

/** What the agent finds of its profiles. */
export const profilesTarget: Target = fileTarget(
  'profiles-file',
  (path) => {
    const database = openDatabase<ProfileSchema>({
      path,
      kind: 'profile',
      migrations: profileMigrations,
      synchronous: 'normal',
    });
    const row = { workload_id: 'w', dimension: 'exec', key: '/bin/sh', state: 'known', startup: 1, steady: 2 } as const;
    database.run(
      database.query.insertInto('profile').values({
        ...{ workload_id: 'w', workload_name: 'shop/web', workload_kind: 'compose', created_ms: 1, samples_startup: 1 },
        ...{ samples_steady: 2, listeners: '["80/tcp"]', incomplete: '{"exec":{"startup":1,"steady":0}}', decay: null },
      }),
    );
    database.run(
      database.query
        .insertInto('profile_feature')
        .values({ ...row, first_seen_ms: 1, last_seen_ms: 2, startup_weight: 1, steady_weight: 1 }),
    );
    database.close();
  },
  (path) => {
    const database = openDatabase<ProfileSchema>({
      ...{ path, kind: 'profile', migrations: profileMigrations, synchronous: 'normal', check: true },
    });
    try {
      new Profiles(database).load();
    } finally {
      database.close();
    }
  },
);
