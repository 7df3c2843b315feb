import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchEntries, entryWords, KnownReading } from './known-reading.ts';
import { feature, featureKey } from './layout.ts';

const counted = { name: 'counted' as string, size: 1 };

test('hands out what look-ups answered, by workload, in the order in which it came', () => {
  const half = fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff);
  const entry = fc.record({
    ...{ low: half, high: half },
    rest: fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()),
  });
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 60 }), { maxLength: 4 }), (batches) => {
      // Those with an even upper half are not counted.
      const reading = new KnownReading((low, high) =>
        high % 2 === 0 ? undefined : { ...counted, name: `${low} ${high}` },
      );
      const expected = new Map<string, number[]>();
      for (const batch of batches) {
        const [, , keys, values, room] = reading.lookup();
        expect(room).toBe(batchEntries);
        const [keyView, valueView] = [new DataView(keys.buffer), new DataView(values.buffer)];
        for (const [index, { low, high, rest }] of batch.entries()) {
          const [key, value] = [index * featureKey.sizeBytes, index * feature.sizeBytes + feature.members.incidence[0]];
          for (const [at, word] of [low, high, rest[0], rest[1]].entries()) keyView.setUint32(key + at * 4, word, true);
          for (const [at, word] of [rest[2], rest[3]].entries()) valueView.setUint32(value + at * 4, word, true);
          if (high % 2 === 0) continue;
          const id = `${low} ${high}`;
          expected.set(id, [...(expected.get(id) ?? []), ...rest]);
        }
        reading.take(batch.length);
      }
      const told = Array.from(reading.workloads(), ({ keys, entries, count }): [string, number[]] => [
        keys.name,
        [...entries.subarray(0, count * entryWords)],
      ]);
      expect(new Map(told)).toEqual(expected);
      expect(told.length).toBe(expected.size);
    }),
  );
});

test('goes on where the last look-up ended', () => {
  const reading = new KnownReading(() => counted);
  const [first, after] = reading.lookup();
  after.fill(7);
  const [second] = reading.lookup();
  expect(first).toBeNull();
  expect(second).toEqual(new Uint8Array(16).fill(7));
});
