import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import { readOrMakeToken, readToken } from './token.ts';

const folder = mkdtempSync(join(tmpdir(), 'anchorwatch-token-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const lines: string[] = [];
const log = createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } });

test('a token is made once, for its owner only, and kept', () => {
  const file = join(folder, 'made');
  const first = readOrMakeToken(file, log);
  expect(first.made).toBe(true);
  expect(first.token).toMatch(/^[\w-]{43}$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readOrMakeToken(file, log)).toEqual({ token: first.token, made: false });
  expect(readToken(file, log)).toBe(first.token);
});

test('one that others can read is used, with a warning that does not say it', () => {
  const file = join(folder, 'open');
  writeFileSync(file, 'a-token-of-some-length\n');
  chmodSync(file, 0o644);
  expect(readToken(file, log)).toBe('a-token-of-some-length');
  expect(lines.join('')).toContain('chmod 600');
  expect(lines.join('')).not.toContain('a-token-of');
});

test.each(['', 'short', 'two words in one line', 'x'.repeat(513)])(
  '%j is no token, and the error does not repeat it',
  (content) => {
    const file = join(folder, 'bad');
    writeFileSync(file, content, { mode: 0o600 });
    expect(() => readToken(file, log)).toThrow(/bad does not hold a token/);
  },
);

test('a file that is not there, and a folder that is not there', () => {
  expect(() => readToken(join(folder, 'none'), log)).toThrow(/none.*ENOENT/);
  expect(() => readOrMakeToken(join(folder, 'none', 'token'), log)).toThrow(/cannot make the token file/);
});
