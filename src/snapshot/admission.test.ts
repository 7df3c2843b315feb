import { expect, test } from 'vitest';
import { Admission } from './admission.ts';

test('of one container, alerts have a snapshot taken every ten minutes at most', () => {
  const admission = new Admission();
  expect(admission.ask('a', 'alert', 0)).toBe('take');
  expect(admission.ask('a', 'alert', 599_999)).toBe('container_limit');
  expect(admission.ask('b', 'alert', 599_999)).toBe('take');
  expect(admission.ask('a', 'alert', 600_000)).toBe('take');
});

test('of a node, twelve an hour; whoever asks for one has a rate of their own', () => {
  const admission = new Admission();
  for (let i = 0; i < 12; i++) expect(admission.ask(`c${String(i)}`, 'alert', i)).toBe('take');
  expect(admission.ask('x', 'alert', 100)).toBe('node_limit');
  expect(admission.ask('x', 'request', 100)).toBe('take');
  expect(admission.ask('x', 'request', 10_099)).toBe('container_limit');
  expect(admission.ask('x', 'alert', 3_600_000)).toBe('take');
});

test('a clock that was set back does not stop snapshots', () => {
  const admission = new Admission();
  expect(admission.ask('a', 'alert', 5_000_000)).toBe('take');
  expect(admission.ask('a', 'alert', 1_000)).toBe('take');
});
