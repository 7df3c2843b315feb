import { isNarrow, textHash } from '../lib/text-hash.ts';

const none = -1;
const free = 0xffff_ffff;
const startNumbers = 16;
const startBytes = 256;
/** Bytes of texts that are gone, from which the others are moved together. */
const garbageMin = 4096;

/**
 * Numbers for texts, and back; each text with a tag below 65,536 that is part of it. A text is its bytes in one buffer and some twenty bytes
 * beside them, no object: a node holds hundreds of thousands. Numbers start at 0, stay as long as their texts, and are handed out again when those
 * are gone.
 */
export class TextTable {
  #bytes: Buffer;
  #usedBytes = 0;
  #garbageBytes = 0;
  #start: Uint32Array;
  /** Characters, times two, and one where they take two bytes each; `free` for a number that is. */
  #length: Uint32Array;
  #hash: Uint32Array;
  #tag: Uint16Array;
  /** Open addressing: numbers and one, 0 is empty. */
  #slots: Slots;
  #mask: number;
  #top = 0;
  readonly #free: number[] = [];

  /** @param expected Numbers that there will be, for a table that is filled at once. */
  constructor(expected: number = 0) {
    const numbers = Math.max(startNumbers, expected);
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(startBytes, expected * 32));
    this.#start = new Uint32Array(numbers);
    this.#length = new Uint32Array(numbers);
    this.#hash = new Uint32Array(numbers);
    this.#tag = new Uint16Array(numbers);
    this.#mask = slotsFor(numbers) - 1;
    this.#slots = slotsOf(this.#mask + 1);
  }

  /** Texts that there are. */
  get size(): number {
    return this.#top - this.#free.length;
  }

  /** Every number is below this. */
  get end(): number {
    return this.#top;
  }

  /** Numbers that there is room for; with it grow the columns of whoever keeps something beside each text. */
  get room(): number {
    return this.#start.length;
  }

  /** The number of a text; -1 when it is not there. */
  find(text: string, tag: number): number {
    return this.#find(text, tag, textHash(text, tag));
  }

  /** The number of a text, which is there from now on. */
  intern(text: string, tag: number): number {
    const hash = textHash(text, tag);
    const found = this.#find(text, tag, hash);
    if (found !== none) return found;
    const number = this.#free.pop() ?? this.#top++;
    if (number >= this.#start.length) this.#growNumbers();
    this.#write(number, text);
    this.#hash[number] = hash;
    this.#tag[number] = tag;
    this.#place(number, hash);
    return number;
  }

  /** False for a number that stands for no text. */
  has(number: number): boolean {
    return number < this.#top && this.#length[number] !== free;
  }

  text(number: number): string {
    const length = this.#length[number] ?? 0;
    const [start, size] = [this.#start[number] ?? 0, sizeOf(length)];
    return this.#bytes.toString((length & 1) === 1 ? 'utf16le' : 'latin1', start, start + size);
  }

  tag(number: number): number {
    return this.#tag[number] ?? 0;
  }

  /** The text is gone, its number another's with the next `intern`. */
  remove(number: number): void {
    if (!this.has(number)) return;
    this.#vacate(number);
    this.#garbageBytes += sizeOf(this.#length[number] ?? 0);
    this.#length[number] = free;
    this.#free.push(number);
    if (this.#garbageBytes > garbageMin && this.#garbageBytes > this.#usedBytes >> 1) this.#moveTogether();
  }

  #find(text: string, tag: number, hash: number): number {
    const [slots, mask] = [this.#slots, this.#mask];
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = (slots[at] ?? 0) - 1;
      if (number === none) return none;
      if (this.#hash[number] === hash && this.#tag[number] === tag && this.#is(number, text)) return number;
    }
  }

  #is(number: number, text: string): boolean {
    const length = this.#length[number] ?? 0;
    if (length >>> 1 !== text.length) return false;
    const [bytes, start] = [this.#bytes, this.#start[number] ?? 0];
    if ((length & 1) === 1) return bytes.toString('utf16le', start, start + sizeOf(length)) === text;
    for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
    return true;
  }

  #write(number: number, text: string): void {
    const length = text.length * 2 + (isNarrow(text) ? 0 : 1);
    const size = sizeOf(length);
    if (this.#usedBytes + size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.max(this.#usedBytes + size, this.#bytes.length + (this.#bytes.length >> 3)),
      );
      this.#bytes.copy(larger, 0, 0, this.#usedBytes);
      this.#bytes = larger;
    }
    this.#start[number] = this.#usedBytes;
    this.#length[number] = length;
    if ((length & 1) === 1) this.#bytes.write(text, this.#usedBytes, 'utf16le');
    else for (let at = 0; at < text.length; at++) this.#bytes[this.#usedBytes + at] = text.charCodeAt(at);
    this.#usedBytes += size;
  }

  #place(number: number, hash: number): void {
    let at = hash & this.#mask;
    while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
    this.#slots[at] = number + 1;
  }

  /** Those behind the gap move up, so that every text is found from where its hash says (Knuth, TAOCP vol. 3, 6.4, algorithm R). */
  #vacate(number: number): void {
    const [slots, mask] = [this.#slots, this.#mask];
    let gap = (this.#hash[number] ?? 0) & mask;
    while (slots[gap] !== number + 1) gap = (gap + 1) & mask;
    for (let at = (gap + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = (this.#hash[(slots[at] ?? 0) - 1] ?? 0) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = slots[at] ?? 0;
      gap = at;
    }
    slots[gap] = 0;
  }

  #growNumbers(): void {
    const numbers = grownTo(this.#start.length);
    this.#start = grown(this.#start, new Uint32Array(numbers));
    this.#length = grown(this.#length, new Uint32Array(numbers));
    this.#hash = grown(this.#hash, new Uint32Array(numbers));
    this.#tag = grown(this.#tag, new Uint16Array(numbers));
    const slots = slotsFor(numbers);
    if (slots === this.#slots.length) return;
    const placed = this.#slots;
    this.#slots = slotsOf(slots);
    this.#mask = slots - 1;
    for (const number of placed) if (number !== 0) this.#place(number - 1, this.#hash[number - 1] ?? 0);
  }

  #moveTogether(): void {
    const old = this.#bytes;
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(startBytes, this.#usedBytes - this.#garbageBytes));
    let used = 0;
    for (let number = 0; number < this.#top; number++) {
      const length = this.#length[number] ?? free;
      if (length === free) continue;
      const start = this.#start[number] ?? 0;
      this.#start[number] = used;
      used += old.copy(this.#bytes, used, start, start + sizeOf(length));
    }
    this.#usedBytes = used;
    this.#garbageBytes = 0;
  }
}

/** Bytes of a text. */
function sizeOf(length: number): number {
  return (length & 1) === 1 ? length & ~1 : length >>> 1;
}

/** At most two thirds of the slots are taken. */
function slotsFor(numbers: number): number {
  return 2 ** Math.ceil(Math.log2(numbers * 1.5));
}

/** Half the memory where numbers are small, as nearly everywhere. */
type Slots = Uint16Array | Int32Array;

/** Empty slots: at most two thirds of them are taken, so that a number and one fits. */
function slotsOf(slots: number): Slots {
  return slots <= 65_536 ? new Uint16Array(slots) : new Int32Array(slots);
}

/** Room for an eighth more. */
export function grownTo(room: number): number {
  return room + Math.max(startNumbers, room >> 3);
}

/** The larger array, with what the smaller one holds. */
export function grown<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  smaller: Column,
  larger: Column,
): Column {
  larger.set(smaller);
  return larger;
}
