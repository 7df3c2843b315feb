import { mark } from './layout.ts';
import { errnoNoEntry } from './libbpf.ts';
import type { Libbpf } from './libbpf.ts';

const batchEntries = 256;
const keyBytes = 8;
const ringHeadBytes = 8;

/**
 * The starts that the kernel keeps back until they are asked for (map `young_marks`): of programs that still run. What ended before is told by
 * one mark, as a life.
 */
export class YoungMarks {
  readonly #libbpf: Pick<Libbpf, 'takeBatch'>;
  readonly #fd: number;
  readonly #keys: Buffer = Buffer.alloc(batchEntries * keyBytes);
  readonly #values: Buffer = Buffer.alloc(batchEntries * mark.sizeBytes);

  constructor(libbpf: Pick<Libbpf, 'takeBatch'>, fd: number) {
    this.#libbpf = libbpf;
    this.#fd = fd;
  }

  /** Takes them out of the map, and puts them behind the marks of a ring (`Ring.copy`), in its form. */
  with(ring: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    let bytes = ring;
    let position: Buffer | null = null;
    for (let last = false; !last;) {
      const next = Buffer.alloc(keyBytes);
      const [result, count] = this.#libbpf.takeBatch(
        ...([this.#fd, position, next, this.#keys, this.#values, batchEntries] as const),
      );
      if (result !== 0 && result !== -errnoNoEntry) return bytes;
      last = result !== 0;
      position = next;
      if (count > 0) bytes = this.#appended(bytes, count);
    }
    return bytes;
  }

  #appended(bytes: Uint8Array<ArrayBuffer>, count: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(bytes.length + count * (ringHeadBytes + mark.sizeBytes));
    out.set(bytes);
    for (let i = 0, at = bytes.length; i < count; i += 1, at += ringHeadBytes + mark.sizeBytes)
      out.set(this.#values.subarray(i * mark.sizeBytes, (i + 1) * mark.sizeBytes), at + ringHeadBytes);
    return out;
  }
}
