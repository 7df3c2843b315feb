import { describe, expect, test } from 'vitest';
import { Ring } from './ring.ts';

const pageBytes = 4096;
const dataBytes = 4096;

/** A ring in plain memory. */
class Memory {
  readonly consumer = new ArrayBuffer(pageBytes);
  readonly producer = new ArrayBuffer(pageBytes + dataBytes);
  readonly #data = new Uint8Array(this.producer, pageBytes);
  #at: number;

  constructor(at = 0) {
    this.#at = at;
    new BigUint64Array(this.consumer)[0] = BigInt(at);
    this.#publish();
  }

  get ring(): Ring {
    return new Ring({ consumer: this.consumer, producer: this.producer, pageBytes, dataBytes });
  }

  get consumed(): number {
    return Number(new BigUint64Array(this.consumer)[0]);
  }

  write(bytes: readonly number[], bits = 0, length = bytes.length): number {
    const at = this.#at;
    const head = new Uint8Array(8);
    new DataView(head.buffer).setUint32(0, (length | bits) >>> 0, true);
    for (const [i, byte] of [...head, ...bytes].entries()) this.#put(at + i, byte);
    this.#at = at + ((bytes.length + 15) & ~7);
    this.#publish();
    return at;
  }

  finish(at: number, length: number): void {
    for (let i = 0; i < 4; i++) this.#put(at + i, (length >>> (8 * i)) & 255);
  }

  #put(position: number, byte: number): void {
    this.#data[position % dataBytes] = byte;
  }

  #publish(): void {
    new BigUint64Array(this.producer, 0, 1)[0] = BigInt(this.#at);
  }
}

function drain(ring: Ring, limit = 100): number[][] {
  const out: number[][] = [];
  ring.drain(limit, (bytes) => void out.push([...bytes]));
  return out;
}

describe('Ring', () => {
  test('hands records over in order, once, across the end of the data', () => {
    const memory = new Memory(dataBytes - 16);
    memory.write([1, 2, 3]);
    memory.write(Array.from({ length: 100 }, (_, i) => i));
    const { ring } = memory;
    expect(drain(ring)).toEqual([[1, 2, 3], Array.from({ length: 100 }, (_, i) => i)]);
    expect(drain(ring)).toEqual([]);
    memory.write([9]);
    expect(drain(ring)).toEqual([[9]]);
  });

  test('a record may begin, end and be cut anywhere at the end of the data', () => {
    for (let before = 8; before <= 64; before += 8)
      for (const length of [1, 7, 8, 9, 24, 64]) {
        const memory = new Memory(3 * dataBytes - before);
        const { ring } = memory;
        const bytes = Array.from({ length }, (_, i) => i + 1);
        memory.write(bytes);
        memory.write([7]);
        expect(drain(ring)).toEqual([bytes, [7]]);
        expect(ring.torn).toBe(0);
      }
  });

  test('waits for a record that is being written, and skips discarded ones', () => {
    const memory = new Memory();
    const { ring } = memory;
    memory.write([1]);
    memory.write([2], 0x40000000);
    const busy = memory.write([3, 3], 0x80000000);
    memory.write([4]);
    expect(drain(ring)).toEqual([[1]]);
    memory.finish(busy, 2);
    expect(drain(ring)).toEqual([[3, 3], [4]]);
  });

  test('stops at the limit and goes on there', () => {
    const memory = new Memory();
    for (let i = 0; i < 5; i++) memory.write([i]);
    const { ring } = memory;
    expect(drain(ring, 2)).toEqual([[0], [1]]);
    expect(drain(ring, 2)).toEqual([[2], [3]]);
    expect(drain(ring, 2)).toEqual([[4]]);
  });

  test('a length that cannot be is counted, and what comes later is read', () => {
    const memory = new Memory();
    memory.write([1]);
    memory.write([2], 0, 5000);
    const { ring } = memory;
    expect(drain(ring)).toEqual([[1]]);
    expect(ring.torn).toBe(1);
    memory.write([3]);
    expect(drain(ring)).toEqual([[3]]);
    expect(memory.consumed).toBe(48);
  });
});
