import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shippedRules } from '../../src/detect/rule-source.ts';
import { rulesReference } from '../../src/detect/reference.ts';
import { loadRules } from '../../src/detect/rule-parser.ts';

test('docs/reference/rules.md is what `npm run docs` writes, and every technique of every rule stands in it', () => {
  const page = readFileSync(new URL('../../docs/reference/rules.md', import.meta.url), 'utf8');
  const { rules } = loadRules([shippedRules]);
  expect(page).toBe(rulesReference(rules));
  for (const { id, techniques } of rules)
    for (const technique of techniques) expect(page).toMatch(new RegExp(`^\\| ${technique} \\|.*\\(#${id}\\)`, 'm'));
});
