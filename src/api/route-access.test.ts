import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accessOf, accessReference } from './route-access.ts';

test('docs/reference/access.md is what `npm run docs` writes', () => {
  const page = readFileSync(new URL('../../docs/reference/access.md', import.meta.url), 'utf8');
  expect(page).toBe(accessReference());
});

test('HEAD is as GET, and what is not in the table is nothing', () => {
  expect(accessOf('HEAD', '/api/v1/nodes')).toMatchObject({ needs: 'viewer' });
  expect(accessOf('PUT', '/api/v1/nodes')).toBeUndefined();
  expect(accessOf('GET', 'constructor')).toBeUndefined();
});
