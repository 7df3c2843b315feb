import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contradict, holds, implies, parseCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import { effectiveSeverity, labelsOf } from './labels.ts';
import type { Labels } from './labels.ts';
import { makeAlert } from '../../test/support/alerts.ts';
import { parsePattern } from './pattern.ts';

function fits(text: string, value: string): boolean {
  const pattern = parsePattern(text);
  if ('problem' in pattern) throw new Error(pattern.problem);
  return pattern.fits(value);
}

test.each([
  ['shop/web', 'shop/web', true],
  ['shop/web', 'shop/web2', false],
  ['shop/*', 'shop/web/nginx', true],
  ['shop/*', 'shops/web', false],
  ['*web', 'shop/web', true],
  ['w?b', 'web', true],
  ['w?b', 'wb', false],
  ['a.b*', 'axb', false],
  ['/web$/', 'shop/web', true],
  ['/^WEB/i', 'web-1', true],
  ['/^web/', 'shop/web', false],
])('%s and %s: %s', (text, value, expected) => {
  expect(fits(text, value)).toBe(expected);
});

test('a glob fits what its own expression would, and takes no time for it', () => {
  const sign = fc.constantFrom('a', 'b', '*', '?');
  fc.assert(
    fc.property(
      fc.string({ unit: sign, minLength: 1, maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
      (glob, value) => {
        fc.pre(/[*?]/.test(glob));
        const source = glob.replaceAll('*', '.*').replaceAll('?', '.');
        expect(fits(glob, value)).toBe(new RegExp(`^${source}$`).test(value));
      },
    ),
  );
  expect(fits(`${'a*'.repeat(60)}b`, 'a'.repeat(1000))).toBe(false);
});

test.each(['/(a+)+$/', '/(a|b)*x/', '/((a*)b)+/', '/(a{2,})+/', '/[/', `/${'a'.repeat(300)}/`])(
  '%s is refused',
  (text) => {
    expect('problem' in parsePattern(text)).toBe(true);
  },
);

const alert = (node: string, techniques: readonly string[]): Labels =>
  labelsOf({ ...makeAlert(1, { node, techniques }), seq: 1, storedAt: '', hash: '', previousHash: '' }, 'critical');

test('what is said of two conditions holds for every alert', () => {
  const texts = fc.uniqueArray(fc.constantFrom('a', 'b', 'ab', 'a*', '*b', '/a/', 'c'), { minLength: 1, maxLength: 3 });
  const condition = fc
    .record({ label: fc.constantFrom('node' as const, 'technique' as const), negated: fc.boolean(), texts })
    .map(
      ({ label, negated, texts: all }) =>
        parseCondition(
          label,
          all.map((text) => (negated ? `!${text}` : text)),
        ) as Condition,
    );
  const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'c', 'cab');
  fc.assert(
    fc.property(condition, condition, word, fc.array(word, { maxLength: 3 }), (one, other, node, techniques) => {
      const labels = alert(node, techniques);
      if (implies(one, other) && holds(one, labels)) expect(holds(other, labels)).toBe(true);
      if (contradict(one, other)) expect(holds(one, labels) && holds(other, labels)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('an alert is as severe as its incident', () => {
  const stored = { ...makeAlert(1, { severity: 'warning' }), seq: 1, storedAt: '', hash: '', previousHash: '' };
  expect(effectiveSeverity(stored, undefined)).toBe('warning');
  expect(effectiveSeverity(stored, { severity: 'critical' } as never)).toBe('critical');
  expect(effectiveSeverity(stored, { severity: 'notice' } as never)).toBe('warning');
});
