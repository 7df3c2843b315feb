import { expect, test } from 'vitest';
import { fromDirectory } from './paths.ts';

test('a path is told from the root', () => {
  expect(fromDirectory('./run', '/srv/app')).toBe('/srv/app/run');
  expect(fromDirectory('../x.sh', '/srv/app')).toBe('/srv/x.sh');
  expect(fromDirectory('/bin/sh', '/srv/app')).toBe('/bin/sh');
  expect(fromDirectory('', '/srv/app')).toBe('');
  expect(fromDirectory('./run', '')).toBe('./run');
});
