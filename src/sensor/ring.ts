/**
 * A BPF ring buffer as it is mapped: one page of consumer position, one of producer position, then the data. The kernel offers the data a second time
 * behind it, so that no record wraps; that copy is not mapped, as its pages would count as memory of the process once more.
 */
export interface RingMemory {
  readonly consumer: ArrayBuffer;
  /** Producer page and data. */
  readonly producer: ArrayBuffer;
  readonly pageBytes: number;
  readonly dataBytes: number;
}

const busyBit = 0x80000000;
const discardBit = 0x40000000;
const headerBytes = 8;

/**
 * Reads a BPF ring buffer (kernel: Documentation/bpf/ringbuf.rst). One reader at a
 * time. Works on any memory of that form: the tests use plain buffers.
 */
export class Ring {
  readonly #consumed: BigUint64Array;
  readonly #produced: BigUint64Array;
  readonly #heads: Int32Array;
  readonly #data: Uint8Array;
  readonly #mask: number;
  /** Lengths and positions that cannot be: the ring was set to its end then. */
  torn = 0;

  constructor({ consumer, producer, pageBytes, dataBytes }: RingMemory) {
    this.#consumed = new BigUint64Array(consumer, 0, 1);
    this.#produced = new BigUint64Array(producer, 0, 1);
    this.#heads = new Int32Array(producer, pageBytes, dataBytes / 4);
    this.#data = new Uint8Array(producer, pageBytes, dataBytes);
    this.#mask = dataBytes - 1;
  }

  /**
   * Hands at most `limit` records to `take`; the bytes are only valid during the call. Answers how many there were: `limit` means that
   * there may be more.
   */
  drain(limit: number, take: (bytes: Uint8Array) => void): number {
    const start = Atomics.load(this.#consumed, 0);
    const produced = Atomics.load(this.#produced, 0);
    // The positions only grow, and in the end wrap: their distance is what can be counted with.
    const waiting = BigInt.asUintN(64, produced - start);
    const base = Number(start & BigInt(this.#mask));
    if (waiting > this.#mask + 1 || base % headerBytes !== 0 || waiting % 8n !== 0n) {
      this.torn++;
      Atomics.store(this.#consumed, 0, produced);
      return 0;
    }
    const end = Number(waiting);
    let at = 0;
    let taken = 0;
    while (at < end && taken < limit) {
      const offset = (base + at) & this.#mask;
      const head = Atomics.load(this.#heads, offset / 4) >>> 0;
      if (head & busyBit) break;
      const length = head & ~discardBit & 0x3fffffff;
      const next = at + ((length + headerBytes + 7) & ~7);
      if (next > end) {
        this.torn++;
        at = end;
        break;
      }
      if (!(head & discardBit)) {
        take(this.#bytes((offset + headerBytes) & this.#mask, length));
        taken++;
      }
      at = next;
    }
    Atomics.store(this.#consumed, 0, BigInt.asUintN(64, start + BigInt(at)));
    return taken;
  }

  /** Bytes that find room in it. */
  get sizeBytes(): number {
    return this.#mask + 1;
  }

  /** Bytes that were written and not read. */
  get waitingBytes(): number {
    return Number(BigInt.asUintN(64, Atomics.load(this.#produced, 0) - Atomics.load(this.#consumed, 0)));
  }

  /**
   * Copies the records of a ring in which all have the same length, as they stand there: each behind its head of eight bytes. Anything else
   * counts as torn, and the ring is set to its end.
   */
  copy(lengthBytes: number): Uint8Array<ArrayBuffer> {
    const start = Atomics.load(this.#consumed, 0);
    const end = this.waitingBytes;
    const base = Number(start & BigInt(this.#mask));
    const stride = headerBytes + lengthBytes;
    let isTorn = end > this.#mask + 1 || base % headerBytes !== 0;
    let at = 0;
    for (; !isTorn && at + stride <= end; at += stride) {
      const head = Atomics.load(this.#heads, ((base + at) & this.#mask) / 4) >>> 0;
      if (head & busyBit) break;
      isTorn = head !== lengthBytes;
    }
    if (isTorn) {
      this.torn++;
      Atomics.store(this.#consumed, 0, Atomics.load(this.#produced, 0));
      return new Uint8Array();
    }
    const bytes = new Uint8Array(at);
    const before = Math.min(at, this.#mask + 1 - base);
    bytes.set(this.#data.subarray(base, base + before));
    bytes.set(this.#data.subarray(0, at - before), before);
    Atomics.store(this.#consumed, 0, BigInt.asUintN(64, start + BigInt(at)));
    return bytes;
  }

  /** A record that goes over the end of the data is put together: one of some twenty thousand. */
  #bytes(from: number, length: number): Uint8Array {
    const before = this.#mask + 1 - from;
    if (length <= before) return this.#data.subarray(from, from + length);
    const whole = new Uint8Array(length);
    whole.set(this.#data.subarray(from));
    whole.set(this.#data.subarray(0, length - before), before);
    return whole;
  }
}
