import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { receiverKinds } from './kinds.ts';
import { receiversReference } from './reference.ts';

test('docs/reference/receivers.md is what `npm run docs` writes, and every key of every kind stands in it with what it is', () => {
  const page = readFileSync(new URL('../../docs/reference/receivers.md', import.meta.url), 'utf8');
  expect(page).toBe(receiversReference());
  for (const { kind, keys } of receiverKinds) {
    const section = page.split(`## ${kind}\n`)[1]?.split('\n## ')[0] ?? '';
    for (const key of keys) expect(section).toMatch(new RegExp(`^\\| \`${key}\` \\| .+ \\| .{5,} \\|$`, 'm'));
  }
});
