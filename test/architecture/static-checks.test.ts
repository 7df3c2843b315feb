import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Runs a tool of node_modules on the checkout; returns its output when it fails, else the empty string. */
function complaints(tool: string, args: readonly string[]): string {
  const result = spawnSync(join(root, 'node_modules', '.bin', tool), args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  if (result.error !== undefined) return `${tool} cannot run: ${result.error.message}`;
  return result.status === 0
    ? ''
    : `${tool} ${args.join(' ')} (status ${String(result.status)})\n${result.stdout}${result.stderr}`;
}

test('the code is formatted: npm run format', () => {
  expect(complaints('oxfmt', ['--check', '.'])).toBe('');
});

test('the linter has nothing to say: npm run lint', () => {
  expect(complaints('oxlint', ['--deny-warnings'])).toBe('');
});

test('the types fit: npm run types', () => {
  expect(complaints('tsc', ['-p', '.'])).toBe('');
});

test('nothing is exported, installed or kept for nobody: npm run knip', () => {
  expect(complaints('knip', ['--no-progress'])).toBe('');
});
