import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestName } from './suggestion.ts';

const names = ['since', 'until', 'workload', 'container', 'node', 'severity', 'dimension', 'limit', 'after'];

test.each([
  ['sevrity', 'severity'],
  ['Severity', 'severity'],
  ['workloads', 'workload'],
  ['nod', 'node'],
  ['noed', 'node'],
  ['', undefined],
  ['colour', undefined],
])('%s may mean %s', (written, meant) => {
  expect(nearestName(written, names)).toBe(meant);
});

test('a name with one letter left out is found again, and no text is too long', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(20), fc.string({ maxLength: 2000 }), (name, at, noise) => {
      const cut = at % name.length;
      expect(nearestName(name.slice(0, cut) + name.slice(cut + 1), names)).toBe(name);
      nearestName(noise, names);
    }),
  );
});
