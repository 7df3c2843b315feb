/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers at which code decides otherwise. */
const edges = [0, 1, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
const editsMax = 4;

/** Bends inputs: bits, bytes, numbers, words of a dictionary, pieces left out, doubled and taken from other inputs. */
export class Mutator {
  readonly #random: () => number;
  readonly #dictionary: readonly Uint8Array[];
  readonly #maxBytes: number;

  constructor(random: () => number, dictionary: readonly string[], maxBytes: number) {
    this.#random = random;
    this.#dictionary = dictionary.map((word) => new TextEncoder().encode(word));
    this.#maxBytes = maxBytes;
  }

  /** @param other an input to take pieces from */
  bend(input: Uint8Array, other: Uint8Array): Uint8Array {
    let bytes = input;
    for (let edits = 1 + this.#below(editsMax); edits > 0; edits--) bytes = this.#edit(bytes, other);
    return bytes.slice(0, this.#maxBytes);
  }

  #edit(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const at = this.#below(bytes.length + 1);
    switch (this.#below(9)) {
      case 0:
        return overwrite(bytes, at, [(bytes[at] ?? 0) ^ (1 << this.#below(8))]);
      case 1:
        return overwrite(bytes, at, [this.#below(256)]);
      case 2:
        return overwrite(bytes, at, this.#number());
      case 3:
        return splice(bytes, at, this.#span(bytes.length), new Uint8Array());
      case 4:
        return splice(bytes, at, 0, bytes.subarray(at, at + this.#span(bytes.length)));
      case 5:
        return splice(bytes, at, 0, this.#word());
      case 6: {
        const word = this.#word();
        return splice(bytes, at, word.length, word);
      }
      case 7: {
        const from = this.#below(other.length + 1);
        const piece = other.subarray(from, from + this.#span(other.length));
        return splice(bytes, at, this.#below(2) * piece.length, piece);
      }
      default:
        return bytes.slice(0, at);
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Mostly short. */
  #span(length: number): number {
    return 1 + this.#below(this.#below(4) === 0 ? length : 16);
  }

  #number(): readonly number[] {
    const value = (edges[this.#below(edges.length)] ?? 0) + this.#below(3) - 1;
    return Array.from({ length: 2 ** this.#below(4) }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
  }

  #word(): Uint8Array {
    return this.#dictionary[this.#below(this.#dictionary.length)] ?? Uint8Array.from([this.#below(256)]);
  }
}

function overwrite(bytes: Uint8Array, at: number, by: readonly number[]): Uint8Array {
  const out = new Uint8Array(Math.max(bytes.length, Math.min(at + by.length, bytes.length + by.length)));
  out.set(bytes);
  out.set(by.slice(0, out.length - at), at);
  return out;
}

function splice(bytes: Uint8Array, at: number, left: number, by: Uint8Array): Uint8Array {
  const tail = bytes.subarray(Math.min(bytes.length, at + left));
  const out = new Uint8Array(at + by.length + tail.length);
  out.set(bytes.subarray(0, at));
  out.set(by, at);
  out.set(tail, at + by.length);
  return out;
}
