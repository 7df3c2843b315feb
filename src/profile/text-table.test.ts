import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextTable } from './text-table.ts';

const text = fc.oneof(
  fc.stringMatching(/^\/srv\/[a-c]{0,3}$/),
  fc.string({ maxLength: 9 }),
  // Single halves of a pair of code units too: names are whatever bytes they are.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 }).map((codes) => String.fromCharCode(...codes)),
);
const step = fc.record({ what: fc.constantFrom('intern', 'intern', 'remove', 'find'), text, tag: fc.nat({ max: 2 }) });

test('a table of texts says what a map of them says, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.nat({ max: 40 }), (steps, expected) => {
      const [table, model] = [new TextTable(expected), new Map<string, number>()];
      for (const { what, text: of, tag } of steps) {
        const id = `${tag} ${of}`;
        if (what === 'intern') {
          const number = table.intern(of, tag);
          expect(number).toBe(model.get(id) ?? number);
          expect([...model].filter(([other, taken]) => taken === number && other !== id)).toEqual([]);
          model.set(id, number);
        } else if (what === 'remove') {
          const number = table.find(of, tag);
          if (number >= 0) table.remove(number);
          model.delete(id);
        }
        expect(table.find(of, tag)).toBe(model.get(id) ?? -1);
        expect(table.size).toBe(model.size);
      }
      for (const [id, number] of model) {
        expect(table.has(number)).toBe(true);
        expect(`${table.tag(number)} ${table.text(number)}`).toBe(id);
      }
    }),
  );
});

test('what is gone makes room, for numbers and for bytes', () => {
  const table = new TextTable();
  const name = (index: number): string => `/var/lib/${String(index).padStart(64, 'x')}`;
  for (let index = 0; index < 20_000; index++) {
    table.intern(name(index), 1);
    if (index >= 10) table.remove(table.find(name(index - 10), 1));
  }
  expect(table.size).toBe(10);
  expect(table.end).toBeLessThan(20);
  for (let index = 19_990; index < 20_000; index++) expect(table.text(table.find(name(index), 1))).toBe(name(index));
});

test('finds each of more texts than two bytes can number, and of those that are left', () => {
  const table = new TextTable();
  const many = 70_000;
  for (let index = 0; index < many; index++) table.intern(`text ${index}`, 1);
  for (let index = 0; index < many; index += 2) table.remove(index);
  const found = Array.from({ length: many }, (_, index) => table.find(`text ${index}`, 1));
  expect(found.every((number, index) => number === (index % 2 === 0 ? -1 : index))).toBe(true);
});
