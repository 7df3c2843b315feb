import { expect, test } from 'vitest';
import { isRuntime, isSetUp } from './runtime-process.ts';

const init = { comm: 'runc:[2:INIT]', exe: '/', args: ['runc', 'init'] };
const record = { kind: 'file_read', program: 0n, execution: 0n, ...init } as const;

test.each([
  ['runc on its way', init, true],
  ['crun from a memfd', { comm: '3', exe: '/memfd:crun (deleted)', args: ['crun'] }, true],
  ['a program that calls itself runc', { comm: 'runc', exe: '/usr/bin/python3', args: ['runc', 'init'] }, false],
  ['a shell', { comm: 'sh', exe: '/bin/sh', args: ['sh'] }, false],
])('%s is the runtime: %s', (_, looks, expected) => {
  expect(isRuntime(looks)).toBe(expected);
});

test.each([
  ['what runc does before the move is told', record, true],
  ['a memfd of it', { ...record, exe: '/memfd:runc_cloned:/proc/self/exe (deleted)' }, true],
  ['who executed something inside', { ...record, execution: 7n }, false],
  ['whose program is known', { ...record, program: 7n }, false],
  ['a program of the image with that name', { ...record, exe: '/usr/bin/perl' }, false],
  ['another name', { ...record, comm: 'nginx' }, false],
  ['an execution', { ...record, kind: 'exec' as const }, false],
])('%s is set-up: %s', (_, given, expected) => {
  expect(isSetUp(given)).toBe(expected);
});
