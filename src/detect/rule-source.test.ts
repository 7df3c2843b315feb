import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { RuleSource } from './rule-source.ts';

const log = createLogger({ level: 'silent' });
const mine = `rules:
  - id: mine
    title: Mine
    dimensions: [exec]
    when: event.name == "mine"
    suspicion: 3
    explanation: Because.
    matches: [{ exec: /bin/mine }]
    does not match: [{ exec: /bin/other }]
`;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchorwatch-rules-'));
  file = join(folder, 'mine.yaml');
  writeFileSync(file, mine);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a set with mistakes is refused at the start, with each mistake and what to do', () => {
  writeFileSync(file, mine.replace('event.name', 'event.nmae'));
  expect(() => new RuleSource([folder], log)).toThrow(
    expect.objectContaining({
      code: 'rules.invalid',
      message: expect.stringMatching(
        /mine\.yaml:5:11: mine: when: there is no event\.nmae[^]*anchorwatch rules test FILE/,
      ),
    }),
  );
});

test('a reload uses what the files say now; a set with mistakes leaves the old one in place and is counted', () => {
  const source = new RuleSource([file], log);
  const first = source.rules;
  expect(first.rules.at(-1)?.id).toBe('mine');

  writeFileSync(file, `${mine}disabled: [credential-file]\n`);
  const second = source.reload();
  expect(second.rules).toHaveLength(first.rules.length - 1);
  expect(source.report).toEqual({ loaded: second.rules.length, disabled: 1, reloads: { loaded: 1, refused: 0 } });

  writeFileSync(file, mine.replace('suspicion: 3', 'suspicion: lots'));
  expect(source.reload()).toBe(second);
  rmSync(file);
  expect(source.reload()).toBe(second);
  expect(source.report).toEqual({ loaded: second.rules.length, disabled: 1, reloads: { loaded: 1, refused: 2 } });
});
