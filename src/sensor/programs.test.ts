import { expect, test } from 'vitest';
import { withHarmful } from './programs.ts';

test('without the program that sees executions, those that wait for one are left out too', () => {
  expect([...withHarmful(new Map([['on_exec', 'errno 22']])).keys()]).toEqual([
    'on_exec',
    'on_fork',
    'on_cgroup_attach',
  ]);
});

test('any other refused program leaves the rest alone', () => {
  expect([...withHarmful(new Map([['on_sendmsg4', 'errno 22']])).keys()]).toEqual(['on_sendmsg4']);
});
