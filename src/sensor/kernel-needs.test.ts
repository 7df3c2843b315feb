import { expect, test } from 'vitest';
import { lackingOf, lackingText } from './kernel-needs.ts';

const everything = { hasMapType: (): boolean => true, hasHelper: (): boolean => true };

test('a kernel that has all of it lacks nothing', () => {
  expect(lackingOf(everything)).toEqual([]);
});

test('what a 5.10 lacks is named with the version that brought it, and with the version that suffices', () => {
  const lacking = lackingOf({ hasMapType: (type) => type <= 28, hasHelper: (helper) => helper <= 155 });
  expect(lackingText(lacking)).toBe(
    'this kernel lacks what the sensor needs: task storage for tracing programs (5.12), bpf_task_pt_regs (5.15), ' +
      'attach cookies (5.15), bpf_loop (5.17); Linux 5.17 or newer has it',
  );
});

test('task storage that only other programs may use is none', () => {
  expect(lackingOf({ ...everything, hasHelper: (helper) => helper !== 156 })).toEqual([
    'task storage for tracing programs (5.12)',
  ]);
});

test('where not even a plain map can be made, the kernel is not to blame', () => {
  expect(lackingOf({ hasMapType: () => false, hasHelper: () => false })).toEqual([]);
});
