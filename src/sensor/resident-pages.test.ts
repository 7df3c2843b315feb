import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const program = `
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { releaseIdlePages } from ${JSON.stringify(new URL('resident-pages.ts', import.meta.url).href)};
const kb = (name) => Number(new RegExp('^' + name + ':\\\\s+(\\\\d+)', 'm').exec(readFileSync('/proc/self/smaps_rollup', 'latin1'))[1]);
const ofFiles = () => kb('Rss') - kb('Anonymous');
const before = ofFiles();
releaseIdlePages();
const after = ofFiles();
const digest = createHash('sha256').update('still works').digest('hex');
console.log(JSON.stringify({ before, after, digest }));
`;

test('pages of files are given back, and what is needed comes back', (context) => {
  if (process.platform !== 'linux') context.skip('needs Linux');
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  const { before, after, digest } = JSON.parse(text) as { before: number; after: number; digest: string };
  expect(after).toBeLessThan(before / 2);
  expect(digest).toBe('c934d274d99a620ace1eeb0fdc751d2fb608e0831c7655d44397db30bb50d53c');
});
