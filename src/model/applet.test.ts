import { expect, test } from 'vitest';
import { appletBegun } from './applet.ts';

test('a shell of busybox that names itself like an applet has become one', () => {
  expect(appletBegun('/bin/busybox', ['sh', '/job.sh'], 'find')).toBe('find');
  expect(appletBegun('/bin/sh', ['sh'], 'md5sum')).toBe('md5sum');
});

test('what was executed as the applet, and what is no applet, has not', () => {
  expect(appletBegun('/bin/busybox', ['find', '/tmp'], 'find')).toBeUndefined();
  expect(appletBegun('/bin/busybox', ['busybox', 'find', '/tmp'], 'find')).toBeUndefined();
  expect(appletBegun('/bin/busybox', ['sh'], 'kworker/0:1')).toBeUndefined();
  expect(appletBegun('/usr/bin/perl', ['perl'], 'find')).toBeUndefined();
});
