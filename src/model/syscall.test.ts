import { expect, test } from 'vitest';
import { syscallName } from './syscall.ts';

test('numbers have the names of their ABI', () => {
  expect([0, 59, 101, 257, 321, 449].map((number) => syscallName('x64', number, false))).toEqual([
    'read',
    'execve',
    'ptrace',
    'openat',
    'bpf',
    'futex_waitv',
  ]);
  expect([1, 11, 20, 102].map((number) => syscallName('x64', number, true))).toEqual([
    'exit',
    'execve',
    'getpid',
    'socketcall',
  ]);
  expect([56, 117, 221].map((number) => syscallName('arm64', number, false))).toEqual(['openat', 'ptrace', 'execve']);
});

test('what has no name is told by its number', () => {
  expect(syscallName('x64', 400, false)).toBe('syscall-400');
  expect(syscallName('x64', 9_999, false)).toBe('syscall-9999');
  expect(syscallName('arm64', 5, true)).toBe('syscall-5');
  expect(syscallName('riscv64', 5, false)).toBe('syscall-5');
});
