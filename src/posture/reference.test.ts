import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPractices, loadShipped, madePractices, madeText, readMade, shippedPractices } from './practice-file.ts';
import { practicesReference } from './reference.ts';

test('docs/reference/practices.md is what `npm run docs` writes', () => {
  const page = readFileSync(new URL('../../docs/reference/practices.md', import.meta.url), 'utf8');
  expect(page).toBe(practicesReference(loadPractices()));
});

test('profiles/practices.made.json is what `npm run docs` writes, and what a start reads', () => {
  const read = loadPractices();
  expect(readFileSync(madePractices, 'utf8')).toBe(madeText(readFileSync(shippedPractices, 'utf8'), read));
  expect(loadShipped()).toEqual(read);
  expect(readMade(shippedPractices, madePractices)?.checks).toEqual(read.checks);
});

test('practices that somebody changed are not those that were made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-practices-'));
  try {
    const file = join(folder, 'practices.yaml');
    writeFileSync(file, `${readFileSync(shippedPractices, 'utf8')}# changed\n`);
    expect(readMade(file, madePractices)).toBeUndefined();
    expect(readMade(shippedPractices, join(folder, 'none'))).toBeUndefined();
    writeFileSync(join(folder, 'broken'), '{');
    expect(readMade(shippedPractices, join(folder, 'broken'))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
