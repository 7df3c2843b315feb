import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openStateDirectory, stateCandidates } from './state-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-state-'));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a given directory is made, for its owner only', () => {
  const directory = openStateDirectory(join(folder, 'a', 'b'));
  expect(directory).toBe(join(folder, 'a', 'b'));
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('one that cannot be made is an error that names it and the option', () => {
  openStateDirectory(folder);
  writeFileSync(join(folder, 'file'), '');
  expect(() => openStateDirectory(join(folder, 'file'))).toThrow(/file.*--state DIR/);
  expect(() => openStateDirectory(join(folder, 'file', 'below'))).toThrow(/file\/below.*--state DIR/);
  // Nothing can be made there, and mkdir says that the parent is missing.
  expect(() => openStateDirectory('/proc/anchorwatch/state')).toThrow(/\/proc\/anchorwatch.*--state DIR/);
});

test('without one, the usual two are looked at, the system directory first', () => {
  expect(stateCandidates(undefined)).toEqual(['/var/lib/anchorwatch', join(process.cwd(), '.anchorwatch')]);
  expect(stateCandidates('x')).toEqual([join(process.cwd(), 'x')]);
});
