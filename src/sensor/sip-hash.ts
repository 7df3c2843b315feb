/** A 128-bit key, as two little-endian 64-bit words. */
export type SipKey = readonly [bigint, bigint];

/**
 * SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012) of `bytes`, 64 bits. The same as agents/sensor/lib/hash.h;
 * `type` is mixed into the key. In 32-bit halves: a hundred thousand keys are hashed when an agent starts.
 */
export function sipHash(key: SipKey, type: number, bytes: Uint8Array): bigint {
  const k0l = Number(key[0] & 0xffffffffn) | 0;
  const k0h = Number(key[0] >> 32n) | 0;
  const k1l = (Number(key[1] & 0xffffffffn) ^ type) | 0;
  const k1h = Number(key[1] >> 32n) | 0;
  let v0l = k0l ^ 0x70736575;
  let v0h = k0h ^ 0x736f6d65;
  let v1l = k1l ^ 0x6e646f6d;
  let v1h = k1h ^ 0x646f7261;
  let v2l = k0l ^ 0x6e657261;
  let v2h = k0h ^ 0x6c796765;
  let v3l = k1l ^ 0x79746573;
  let v3h = k1h ^ 0x74656462;

  const round = (): void => {
    let l = (v0l >>> 0) + (v1l >>> 0);
    v0h = (v0h + v1h + (l > 0xffffffff ? 1 : 0)) | 0;
    v0l = l | 0;
    let t = (v1h << 13) | (v1l >>> 19);
    v1l = ((v1l << 13) | (v1h >>> 19)) ^ v0l;
    v1h = t ^ v0h;
    t = v0l;
    v0l = v0h;
    v0h = t;
    l = (v2l >>> 0) + (v3l >>> 0);
    v2h = (v2h + v3h + (l > 0xffffffff ? 1 : 0)) | 0;
    v2l = l | 0;
    t = (v3h << 16) | (v3l >>> 16);
    v3l = ((v3l << 16) | (v3h >>> 16)) ^ v2l;
    v3h = t ^ v2h;
    l = (v0l >>> 0) + (v3l >>> 0);
    v0h = (v0h + v3h + (l > 0xffffffff ? 1 : 0)) | 0;
    v0l = l | 0;
    t = (v3h << 21) | (v3l >>> 11);
    v3l = ((v3l << 21) | (v3h >>> 11)) ^ v0l;
    v3h = t ^ v0h;
    l = (v2l >>> 0) + (v1l >>> 0);
    v2h = (v2h + v1h + (l > 0xffffffff ? 1 : 0)) | 0;
    v2l = l | 0;
    t = (v1h << 17) | (v1l >>> 15);
    v1l = ((v1l << 17) | (v1h >>> 15)) ^ v2l;
    v1h = t ^ v2h;
    t = v2l;
    v2l = v2h;
    v2h = t;
  };

  const whole = bytes.length & ~7;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole; at += 8) {
    const low = view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    v3l ^= low;
    v3h ^= high;
    round();
    v0l ^= low;
    v0h ^= high;
  }
  let low = 0;
  let high = bytes.length << 24;
  for (let i = 0; i < (bytes.length & 7); i++) {
    const byte = bytes[whole + i] ?? 0;
    if (i < 4) low |= byte << (8 * i);
    else high |= byte << (8 * (i - 4));
  }
  v3l ^= low;
  v3h ^= high;
  round();
  v0l ^= low;
  v0h ^= high;
  v2l ^= 0xff;
  round();
  round();
  round();
  const outLow = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
  const outHigh = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
  return (BigInt(outHigh) << 32n) | BigInt(outLow);
}
