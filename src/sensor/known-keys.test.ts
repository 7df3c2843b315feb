import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownKeys } from './known-keys.ts';
import type { CountedKey } from './known-keys.ts';

test('says what a map of hashes says, in the order in which they came', () => {
  // Few low halves: they share slots.
  const hash = fc.record({ low: fc.nat({ max: 7 }), high: fc.nat({ max: 40 }) });
  const what = fc.constantFrom('add', 'add', 'add', 'remove', 'remove oldest', 'count');
  fc.assert(
    fc.property(fc.array(fc.tuple(what, hash, fc.boolean()), { maxLength: 600 }), (steps) => {
      const keys = new KnownKeys('w');
      const model = new Map<string, { key: CountedKey; startup: number; steady: number }>();
      for (const [index, [step, { low, high }, numbered]] of steps.entries()) {
        const place = keys.find(low, high);
        const id = `${low} ${high}`;
        if (step === 'add' && place < 0) {
          const key: CountedKey = numbered ? index : { kind: 'file.read', path: `/${index}` };
          keys.add(low, high, key, 1);
          model.set(id, { key, startup: 0, steady: 0 });
        } else if (step === 'count' && place >= 0) {
          keys.setCounts(place, index, index + 1);
          Object.assign(model.get(id) ?? {}, { startup: index, steady: index + 1 });
        } else if (step === 'remove') {
          keys.remove(place);
          model.delete(id);
        } else if (step === 'remove oldest') {
          keys.remove(keys.oldest());
          for (const oldest of model.keys()) {
            model.delete(oldest);
            break;
          }
        }
        expect(keys.size).toBe(model.size);
        expect(keys.find(low, high) >= 0).toBe(model.has(id));
      }
      const found = [...keys.places()].map((place) => {
        const [key, startup, steady, value] = [
          keys.key(place),
          keys.startup(place),
          keys.steady(place),
          keys.hash(place),
        ];
        return [`${value & 0xffff_ffffn} ${value >> 32n}`, { key, startup, steady }];
      });
      expect(found).toEqual([...model]);
    }),
  );
});

test('finds each of more keys than two bytes can number', () => {
  const keys = new KnownKeys('w');
  const many = 70_000;
  for (let index = 0; index < many; index++) keys.add(Math.imul(index, 0x9e37_79b1) >>> 0, index, index, 1);
  const found = Array.from({ length: many }, (_, index) => {
    const place = keys.find(Math.imul(index, 0x9e37_79b1) >>> 0, index);
    return place < 0 ? -1 : keys.key(place);
  });
  expect(found.every((key, index) => key === index)).toBe(true);
});
