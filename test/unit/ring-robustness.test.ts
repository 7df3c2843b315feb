import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRing, ringBytes, ringOf } from '../support/ring-checks.ts';
import { writeField } from '../support/sensor-records.ts';

const top = 1n << 64n;
const word = fc.bigInt({ min: 0n, max: top - 1n });
const start = fc.oneof(
  fc.nat(ringBytes / 8).map((at) => BigInt(at * 8)),
  // Where a number of JavaScript is no longer exact, and where the kernel's wraps.
  fc.nat(ringBytes / 8).map((at) => (1n << 53n) - BigInt(at * 8)),
  fc.nat(ringBytes / 8).map((at) => top - 8n - BigInt(at * 8)),
  word,
);

/** Headers and data as they follow each other; lengths and bits may lie. */
const data = fc
  .array(
    fc.record({
      length: fc.oneof(fc.nat(60), fc.constantFrom(0, 1016, 1017, 0x3fffffff), fc.nat(0xffffffff)),
      bits: fc.constantFrom(0, 0, 0, 0x80000000, 0x40000000, 0xc0000000),
      claimed: fc.nat(60),
    }),
    { maxLength: 40 },
  )
  .map((all) => {
    const bytes = new Uint8Array(ringBytes);
    let at = 0;
    for (const { length, bits, claimed } of all) {
      if (at + 8 > ringBytes) break;
      writeField(bytes, at, 4, (length | bits) >>> 0);
      at += (claimed + 15) & ~7;
    }
    return bytes;
  });

describe('a ring', () => {
  test('of any content ends, hands over nothing but its own, counts what cannot be and goes on', () => {
    const seen = new Set<string>();
    const produced = fc.oneof(
      fc.nat(ringBytes / 8).map((more) => (from: bigint) => BigInt.asUintN(64, from + BigInt(more * 8))),
      fc.nat(2000).map((more) => (from: bigint) => BigInt.asUintN(64, from + BigInt(more))),
      word.map((position) => () => position),
    );
    fc.assert(
      fc.property(start, produced, data, fc.integer({ min: 1, max: 200 }), (consumed, end, bytes, limit) => {
        seen.add(checkRing({ consumed, produced: end(consumed), data: bytes, limit }));
      }),
      { numRuns: 4000 },
    );
    expect([...seen].toSorted()).toEqual(['busy', 'read', 'torn']);
  });

  test('whose producer is said to be far ahead is torn, not read for years', () => {
    expect(checkRing({ consumed: 0n, produced: 1n << 60n, data: new Uint8Array(), limit: 1000 })).toBe('torn');
    expect(checkRing({ consumed: 8n, produced: 0n, data: new Uint8Array(), limit: 1000 })).toBe('torn');
    expect(checkRing({ consumed: 3n, produced: 24n, data: new Uint8Array(), limit: 1000 })).toBe('torn');
  });

  test('is read over the wrap of its positions', () => {
    const bytes = new Uint8Array(ringBytes);
    writeField(bytes, ringBytes - 8, 4, 3);
    bytes.set([1, 2, 3], 0);
    writeField(bytes, 8, 4, 1);
    bytes[16] = 9;
    const { ring, consumed } = ringOf({ consumed: top - 8n, produced: 24n, data: bytes });
    const got: number[][] = [];
    expect(ring.drain(10, (record) => void got.push([...record]))).toBe(2);
    expect(got).toEqual([[1, 2, 3], [9]]);
    expect([ring.torn, consumed()]).toEqual([0, 24n]);
  });
});
