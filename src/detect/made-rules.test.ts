import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digestOf, madeRules, madeRulesText, readMadeRules } from './made-rules.ts';
import { readRuleFiles } from './rule-files.ts';
import { loadRules, madeOf, parseRules } from './rule-parser.ts';
import { shippedRules } from './rule-source.ts';

const { files } = readRuleFiles([shippedRules]);

test('profiles/rules.made.json is what `npm run docs` writes, and what a start reads is what the YAML says', () => {
  expect(readFileSync(madeRules, 'utf8')).toBe(madeRulesText(files, madeOf));
  const made = readMadeRules();
  expect(files.filter(({ text }) => !made.has(digestOf(text)))).toEqual([]);
  const [fast, whole] = [loadRules([shippedRules], made), loadRules([shippedRules])];
  expect(fast.problems).toEqual([]);
  expect(JSON.stringify([fast.rules, fast.disabled])).toBe(JSON.stringify([whole.rules, whole.disabled]));
});

test('a file that was changed since is read as it is, and what builds on made rules is told where it is wrong', () => {
  const [first] = files;
  if (first === undefined) throw new Error('there are no rules');
  const made = new Map([[digestOf(first.text), madeOf(first)]]);
  const changed = { ...first, text: first.text.replace(/id: \S+/, 'id: Not-a-rule') };
  expect(parseRules([changed], made).problems[0]?.reason).toContain('kebab-case');
  const again = { file: 'own.yaml', layer: 1, text: first.text };
  expect(parseRules([first, again], made).problems[0]).toMatchObject({ file: 'own.yaml', line: expect.any(Number) });
});
