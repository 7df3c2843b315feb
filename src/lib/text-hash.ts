import { randomBytes } from 'node:crypto';

// Texts come from the workloads that are watched: without the key nobody can choose texts that collide.
const secret = randomBytes(8);
const k0 = secret.readInt32LE(0);
const k1 = secret.readInt32LE(4);

/**
 * HalfSipHash-1-3 of a text (Aumasson & Bernstein 2012, "SipHash: a fast short-input PRF", in its variant of 32-bit words) under a key of
 * this process; `tag`, below 65,536, is hashed with it. From 0 to 2^32-1, and another one in every process.
 */
export function textHash(text: string, tag: number): number {
  let v0 = k0;
  let v1 = k1;
  let v2 = k0 ^ 0x6c796765;
  let v3 = k1 ^ 0x74656462;
  const length = text.length;
  const shift = isNarrow(text) ? 2 : 1;
  const words = length >> shift;
  for (let index = 0; index < words + 5; index++) {
    let word = 0;
    const at = index << shift;
    if (index < words)
      word =
        shift === 2
          ? text.charCodeAt(at) |
            (text.charCodeAt(at + 1) << 8) |
            (text.charCodeAt(at + 2) << 16) |
            (text.charCodeAt(at + 3) << 24)
          : text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
    else if (index === words)
      for (let rest = at; rest < length; rest++) word |= text.charCodeAt(rest) << ((rest - at) << 3);
    // What the words above are of: no two texts are the same words.
    else if (index === words + 1) word = (length << 17) ^ (tag << 1) ^ (shift & 1);
    else if (index === words + 2) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}

/** True when every character is below 256 (Latin-1). */
export function isNarrow(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 255) return false;
  return true;
}
