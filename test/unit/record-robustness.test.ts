import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ancestorsMax, dataMaxBytes, kinds, record } from '../../src/sensor/layout.ts';
import { checkRecord } from '../support/record-checks.ts';
import {
  encodeRecord,
  fitting,
  fields,
  kindNumbers,
  lengthFields,
  repairRecord,
  valuesOf,
  writeField,
} from '../support/sensor-records.ts';
import type { Field, RecordParts } from '../support/sensor-records.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const words = fc.constantFrom(
  ...[
    '/',
    '/etc/shadow',
    '/tmp/job-17.part',
    '../..',
    '/proc/self/exe',
    '/bin/busybox',
    'sh\0-c\0',
    'python3.11\0-m\0',
  ],
  ...['*', '<n>', '\\', '\\x41', '\n', '\u001b[2J', '\u202e', '\ufeff', '😀', ' (deleted)', '2026-11-23', 'deadbeef17'],
  ...[
    '--password\0hunter2\0',
    'curl\0-u\0a:b\0',
    'mysql\0-ps\0',
    'pwd=a',
    'a://b:c@',
    '-----BEGIN PRIVATE KEY',
    '"',
    "'",
  ],
);
const chunk = fc.oneof(
  { weight: 4, arbitrary: words.map(bytesOf) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(words, fc.integer({ min: 1, max: 400 })).map(([word, times]) => bytesOf(word.repeat(times))),
  },
);
const text = fc.array(chunk, { maxLength: 4 }).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

function valueOf(name: Field, sizeBytes: number): fc.Arbitrary<number | bigint | Uint8Array> {
  const allowed = valuesOf(name);
  if (allowed !== undefined) return fc.constantFrom(...allowed);
  if (sizeBytes > 8) return fc.uint8Array({ minLength: sizeBytes, maxLength: sizeBytes });
  return fc.oneof(fc.nat(16), fc.bigInt({ min: 0n, max: (1n << BigInt(sizeBytes * 8)) - 1n }));
}

/** A valid record of any kind, with any values in every member that the wire does not bound. */
const whole: fc.Arbitrary<Uint8Array> = fc
  .record({
    values: fc.record(
      Object.fromEntries(
        fields
          .filter(([name]) => name !== 'size_bytes' && !lengthFields.includes(name))
          .map(([name, , sizeBytes]) => [name, valueOf(name, sizeBytes)]),
      ),
    ) as fc.Arbitrary<NonNullable<RecordParts['values']>>,
    texts: fc.tuple(...lengthFields.map(() => text)),
  })
  .map((parts) => encodeRecord(fitting(parts)));

type Bend = (bytes: Uint8Array) => Uint8Array;

const bend: fc.Arbitrary<Bend> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]): Bend => (bytes) => {
    const out = bytes.slice();
    if (out.length > 0) out[at % out.length] = (out[at % out.length] ?? 0) ^ (1 << bit);
    return out;
  }),
  fc.nat(1000).map(
    (part): Bend =>
      (bytes) =>
        bytes.subarray(0, Math.floor((bytes.length * part) / 1000)),
  ),
  fc
    .tuple(fc.constantFrom(...fields), fc.oneof(fc.nat(300), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })))
    .map(([[, at, sizeBytes], value]): Bend => (bytes) => {
      const out = bytes.slice();
      if (at + sizeBytes <= out.length) writeField(out, at, Math.min(sizeBytes, 8), value);
      return out;
    }),
  whole.map(
    (other): Bend =>
      (bytes) =>
        Uint8Array.from([...bytes, ...other]),
  ),
  fc.uint8Array({ maxLength: 64 }).map(
    (tail): Bend =>
      (bytes) =>
        Uint8Array.from([...bytes, ...tail]),
  ),
  fc.constant<Bend>(repairRecord),
);

describe('a record and all that is made of it', () => {
  test('of every kind: its own cgroup, its own bytes, no more than they give', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(whole, (bytes) => void seen.add(checkRecord(bytes))),
      { numRuns: 1500, seed: 20261123 },
    );
    const outcomes = kindNumbers.map((kind) => checkRecord(encodeRecord(fitting({ values: { kind, call: 1 } }))));
    expect(new Set(outcomes).size).toBe(kindNumbers.length);
    expect([...seen]).toEqual(expect.arrayContaining(outcomes));
  });

  test('bent, cut, glued to another, with lengths that lie', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(whole, fc.array(bend, { minLength: 1, maxLength: 4 }), (bytes, bends) => {
        const outcome = checkRecord(bends.reduce((bent, one) => one(bent), bytes));
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }),
      { numRuns: 2500 },
    );
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['too-short', 'wrong-version', 'wrong-size', 'exec']));
  });

  test('two that are glued together are none, whichever size the first one says', () => {
    fc.assert(
      fc.property(whole, whole, fc.boolean(), (one, other, lies) => {
        const glued = Uint8Array.from([...one, ...other]);
        if (lies) writeField(glued, ...record.members.size_bytes, glued.length);
        expect(['wrong-size', 'wrong-lengths']).toContain(checkRecord(glued));
      }),
    );
  });

  test('the largest that is taken, and one byte more', () => {
    const size = Math.floor(dataMaxBytes / lengthFields.length);
    const filled = (more: number): Uint8Array =>
      encodeRecord({
        values: { ancestors_count: ancestorsMax },
        texts: lengthFields.map((_, i) =>
          new Uint8Array(i === 0 ? dataMaxBytes - size * (lengthFields.length - 1) + more : size).fill(0x2a),
        ),
      });
    for (const kind of kindNumbers) {
      const [most, over] = [filled(0), filled(1)];
      writeField(most, ...record.members.kind, kind);
      writeField(most, ...record.members.call, 1);
      // Filled with stars, DNS records hold no names.
      const outcome = kind === kinds.dns_question || kind === kinds.dns_answer ? 'wrong-message' : '';
      expect(['too-short', 'wrong-size', 'unknown-value', outcome === '' ? 'wrong-message' : '']).not.toContain(
        checkRecord(most),
      );
      if (outcome !== '') expect(checkRecord(most)).toBe(outcome);
      expect(checkRecord(over)).toBe('wrong-size');
    }
  });
});
