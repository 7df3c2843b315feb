import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sipHash } from './sip-hash.ts';

const mask = (1n << 64n) - 1n;
const rotate = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (64n - bits))) & mask;

/** SipHash-c-d as the paper writes it, on 64-bit integers. */
function reference(k0: bigint, k1: bigint, bytes: Uint8Array, compressions: number, finals: number): bigint {
  let [v0, v1, v2, v3] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const round = (): void => {
    v0 = (v0 + v1) & mask;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = (v2 + v3) & mask;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = (v0 + v3) & mask;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = (v2 + v1) & mask;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const padded = new Uint8Array((bytes.length >> 3) * 8 + 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 255;
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 8) {
    const word = view.getBigUint64(at, true);
    v3 ^= word;
    for (let i = 0; i < compressions; i++) round();
    v0 ^= word;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < finals; i++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

test('the reference is SipHash: the vector of the paper (SipHash-2-4, appendix A)', () => {
  const bytes = Uint8Array.from({ length: 15 }, (_, i) => i);
  expect(reference(0x0706050403020100n, 0x0f0e0d0c0b0a0908n, bytes, 2, 4)).toBe(0xa129ca6149be45e5n);
});

test('sipHash is SipHash-1-3 with the type in the key', () => {
  const word = fc.bigInt({ min: 0n, max: mask });
  fc.assert(
    fc.property(word, word, fc.nat(255), fc.uint8Array({ maxLength: 100 }), (k0, k1, type, bytes) => {
      expect(sipHash([k0, k1], type, bytes)).toBe(reference(k0, k1 ^ BigInt(type), bytes, 1, 3));
    }),
    { numRuns: 500 },
  );
});
