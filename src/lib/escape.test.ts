import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeBytes, escapedBytes, plainPath } from './escape.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('any bytes become text without control characters, and the text becomes the bytes again', () => {
  const raw = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 30 }).map(encode));
  fc.assert(
    fc.property(raw, (bytes) => {
      const text = escapeBytes(bytes);
      expect([...escapedBytes(text)]).toEqual([...bytes]);
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 2000 },
  );
});

test('what people read stays readable', () => {
  expect(escapeBytes(encode('/srv/Übung 1/日本'))).toBe('/srv/Übung 1/日本');
  expect(escapeBytes(encode('a\nb\u001b[31m\\x41'))).toBe('a\\x0ab\\x1b[31m\\\\x41');
  expect(escapeBytes(Uint8Array.from([0x2f, 0xff, 0xc3, 0x28]))).toBe('/\\xff\\xc3(');
});

test('a byte order mark is part of a name, at its beginning and beside what is no UTF-8', () => {
  const mark = [0xef, 0xbb, 0xbf];
  for (const bytes of [mark, [...mark, 0x61], [0x2f, 0xff, ...mark, 0x61], [...mark, 0xff, ...mark]])
    expect([...escapedBytes(escapeBytes(Uint8Array.from(bytes)))]).toEqual(bytes);
  expect(escapeBytes(Uint8Array.from([...mark, 0x61]))).toBe('\\xef\\xbb\\xbfa');
});

test.each([
  ['/a/../b', '/b'],
  ['/a/./b//c/', '/a/b/c'],
  ['/../../etc', '/etc'],
  ['/', '/'],
  ['', '/'],
  ['/...', '/...'],
])('the path %s is %s', (path, plain) => {
  expect(plainPath(path)).toBe(plain);
});

test('a plain path stays as it is, and holds no step up', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '..', '.', '', 'b.c')), (segments) => {
      const plain = plainPath(`/${segments.join('/')}`);
      expect(plainPath(plain)).toBe(plain);
      expect(plain.split('/')).not.toContain('..');
    }),
  );
});
