import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAnswer, dottedName, nameBytes, questionType, questionTypeNumber } from './dns.ts';

const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
const name = fc.array(label, { minLength: 1, maxLength: 4 });
const sent = (labels: readonly Uint8Array[]): number[] => labels.flatMap((bytes) => [bytes.length, ...bytes]);

interface Answer {
  readonly type: number;
  readonly data: readonly number[];
}

function message(question: readonly number[], answers: readonly Answer[], flags = 0x81): Uint8Array {
  const header = [0, 7, flags, 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0];
  const records = answers.flatMap(({ type, data }) => {
    return [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255, ...data];
  });
  return Uint8Array.from([...header, ...question, 0, 0, 1, 0, 1, ...records]);
}
const www = sent([Buffer.from('WWW'), Buffer.from('example')]);

describe('names', () => {
  test('are read as they were sent and written back the same, whatever their bytes are', () => {
    fc.assert(
      fc.property(name, (labels) => {
        const bytes = Uint8Array.from(sent(labels));
        const text = dottedName(bytes);
        expect(text?.split('.')).toHaveLength(labels.length);
        expect(nameBytes(text ?? '')).toEqual(bytes);
      }),
    );
    expect(dottedName(Uint8Array.from([1, 0x2e, 1, 0x0a]))).toBe('\\x2e.\\x0a');
  });

  test('that are torn, or whose lengths lie, are none', () => {
    for (const bytes of [[3, 97], [0], [64, ...Array.from({ length: 64 }, () => 97)], [1, 97, 0, 1, 98]])
      expect(dottedName(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe('answers', () => {
  test('give the name in small letters and its addresses, past what the name is an alias of', () => {
    const got = decodeAnswer(
      message(www, [
        { type: 5, data: sent([Buffer.from('alias')]).concat(0) },
        { type: 1, data: [10, 0, 0, 1] },
        { type: 28, data: [0xfe, 0x80, ...Array.from({ length: 13 }, () => 0), 1] },
        { type: 1, data: [1, 2, 3] },
      ]),
    );
    expect(got?.name).toBe('www.example');
    expect(got?.addresses.map((bytes) => [...bytes].slice(0, 2))).toEqual([
      [10, 0],
      [0xfe, 0x80],
    ]);
  });

  test('are no questions, and nothing that is cut off before the first answer', () => {
    const whole = message(www, [{ type: 1, data: [10, 0, 0, 1] }]);
    expect(decodeAnswer(message(www, [], 0x01))).toBeUndefined();
    expect(decodeAnswer(message([], []))).toBeUndefined();
    for (let length = 0; length < 12 + www.length + 5; length++)
      expect(decodeAnswer(whole.subarray(0, length))).toBeUndefined();
    expect(decodeAnswer(whole.subarray(0, whole.length - 1))).toEqual({ name: 'www.example', addresses: [] });
  });

  test('never throw and hold no more than the message, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), fc.boolean(), (bytes, answer) => {
        if (answer && bytes.length > 6) {
          bytes[2] = 0x80;
          bytes[4] = 0;
          bytes[5] = 1;
        }
        const got = decodeAnswer(bytes);
        const held = (got?.addresses ?? []).reduce((sum, { length }) => sum + length, 0);
        expect(held).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});

test('types of questions have names that lead back to their numbers', () => {
  fc.assert(
    fc.property(fc.nat(0xffff), (type) => {
      expect(questionTypeNumber(questionType(type))).toBe(type);
    }),
  );
  expect([questionType(0), questionType(16), questionType(65_280)]).toEqual(['', 'TXT', 'TYPE65280']);
});
