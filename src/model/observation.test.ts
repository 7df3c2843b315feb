import { expect, test } from 'vitest';
import type { HookState } from './node.ts';
import { countedWithout, observationsOf, widened } from './observation.ts';

const ground = { allSyscalls: true, engineConnected: true };

function hook(name: string, more: Partial<HookState> = {}): HookState {
  return { hook: name, state: 'attached', reason: '', unseen: '', dimensions: ['file.read'], ...more };
}

test('one hook of several lowers the share; without a main one nothing is seen; without an engine no lives', () => {
  const failed = { state: 'failed', reason: 'errno 1', unseen: 'most files' } as const;
  const some = [hook('openat', { main: true }), hook('openat2', failed), hook('creat')];
  expect(observationsOf(some, ground).get('file.read')).toMatchObject({
    extent: 'partly',
    share: 2 / 3,
    without: ['openat2'],
  });
  const main = [hook('openat', { main: true, ...failed }), hook('openat2')];
  expect(observationsOf(main, ground).get('file.read')).toMatchObject({ extent: 'none', share: 0 });
  expect(observationsOf(some, { ...ground, engineConnected: false }).get('lifecycle')?.extent).toBe('none');
});

test('more is seen where a hook works that did not, not where one is lost', () => {
  const missing = { state: 'missing', reason: 'old kernel' } as const;
  const less = observationsOf([hook('openat'), hook('openat2', missing)], ground);
  const more = observationsOf([hook('openat'), hook('openat2')], ground);
  const before = countedWithout({}, less);
  expect(before).toMatchObject({ 'file.read': ['openat2'] });
  expect(widened(before, more)).toEqual(['file.read']);
  expect(widened(countedWithout(before, more), less)).toEqual([]);
  // Of the samples that follow, some are counted without it: when it works again they are no evidence.
  expect(widened(countedWithout(countedWithout(before, more), less), more)).toEqual(['file.read']);
  expect(widened({}, more)).toEqual([]);
});

test('--syscalls all is more than the rare ones', () => {
  const hooks = [hook('calls', { dimensions: ['syscall'] })];
  const before = countedWithout({}, observationsOf(hooks, { ...ground, allSyscalls: false }));
  expect(widened(before, observationsOf(hooks, ground))).toEqual(['syscall']);
});

test('a reader that is gone takes nothing from the evidence when it is back', () => {
  const whole = observationsOf([hook('openat')], ground);
  const gone = observationsOf([hook('openat', { state: 'failed' })], ground);
  expect(widened(countedWithout(countedWithout({}, whole), gone), whole)).toEqual([]);
});
