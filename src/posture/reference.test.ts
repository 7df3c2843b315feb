import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadPractices } from './practice-file.ts';
import { practicesReference } from './reference.ts';

test('docs/reference/practices.md is what `npm run docs` writes', () => {
  const page = readFileSync(new URL('../../docs/reference/practices.md', import.meta.url), 'utf8');
  expect(page).toBe(practicesReference(loadPractices()));
});
