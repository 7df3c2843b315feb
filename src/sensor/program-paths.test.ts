import { expect, test } from 'vitest';
import { ProgramPaths } from './program-paths.ts';

const hashes: Readonly<Record<string, bigint>> = { '/bin/a': 1n, '/bin/b': 2n, '/bin/c': 3n };
const running: Readonly<Record<number, string>> = { 10: '/bin/a', 11: '/bin/b' };

function paths(asked: number[] = []): ProgramPaths {
  return new ProgramPaths({
    hash: (path) => hashes[path] ?? 0n,
    exeOf: (pid) => {
      asked.push(pid);
      return running[pid] ?? '';
    },
  });
}

test('a program is found again by the hash of its path', () => {
  const known = paths();
  expect([known.learn('/bin/c'), known.pathOf(3n), known.pathOf(1n)]).toEqual([3n, '/bin/c', '']);
});

test('what a lost record would have told is read from the process, if the hash says that it is the right one', () => {
  const known = paths();
  expect(known.heal([{ pid: 10, program: 1n }])).toBe(1);
  expect(known.pathOf(1n)).toBe('/bin/a');
  // Another program runs under that pid by now.
  expect(known.heal([{ pid: 11, program: 3n }])).toBe(0);
  expect(known.pathOf(3n)).toBe('');
});

test('a process is asked once, and not for what is known', () => {
  const asked: number[] = [];
  const known = paths(asked);
  known.learn('/bin/a');
  for (let i = 0; i < 3; i++)
    known.heal([
      { pid: 10, program: 1n },
      { pid: 12, program: 2n },
      { pid: 13, program: 0n },
    ]);
  expect(asked).toEqual([12]);
});
