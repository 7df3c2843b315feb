import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describedFacts } from './examples.ts';
import { factDescriptions } from './fact-descriptions.ts';
import { factsReference } from './reference.ts';

test('docs/reference/facts.md is what `npm run docs` writes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reference', 'facts.md'), 'utf8');
  expect(page).toBe(factsReference());
});

test('what is described is what conditions get', () => {
  for (const [variable, facts] of Object.entries(describedFacts({ exec: '/bin/sh' })))
    expect(Object.entries(factDescriptions).find(([name]) => name === variable)?.[1], variable).toEqual(
      Object.fromEntries(Object.keys(facts as object).map((name) => [name, expect.stringMatching(/\.$/)])),
    );
});
