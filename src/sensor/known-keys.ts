import type { KernelKey } from '../model/event.ts';

const startRoom = 64;
const gone = 0xff;
/** Words of a key in the row of it, one beside the other: a reading meets keys in the order of their hashes, where each column would be a miss of the cache. */
const [lowAt, highAt, stateAt, numberAt, startupAt, steadyAt, words] = [0, 1, 2, 3, 4, 5, 6] as const;
/** Number of a key that has none: it is in `#named`, or nowhere. */
const unnumbered = 0xffff_ffff;

/** What was counted of a key by those who told it: its number, or the key itself where it has none. */
export type CountedKey = number | KernelKey;

/**
 * The keys of one workload in the kernel's map: what their hashes mean, and what was read of them. Rows of words, in the order in which keys came, and
 * an index of hashes: no object for a key, of which a node has a hundred thousand. Hashes are SipHash's, so that nobody can choose them.
 */
export class KnownKeys {
  readonly id: string;
  #rows: Uint32Array = new Uint32Array(startRoom * words);
  /** Keys that have no number. */
  readonly #named: Map<number, KernelKey> = new Map();
  /** Open addressing: places in the rows and one, 0 is empty. */
  #slots: Uint16Array | Int32Array = new Uint16Array(startRoom * 2);
  #end = 0;
  #size = 0;
  #oldest = 0;

  constructor(id: string) {
    this.id = id;
  }

  get size(): number {
    return this.#size;
  }

  /** Place of a hash; -1 when it is not there. Places change with `add`. */
  find(low: number, high: number): number {
    const [slots, rows, mask] = [this.#slots, this.#rows, this.#slots.length - 1];
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const place = (slots[at] ?? 0) - 1;
      if (place < 0) return -1;
      const row = place * words;
      if (rows[row + lowAt] === low && rows[row + highAt] === high) return place;
    }
  }

  /** A hash that is not there. */
  add(low: number, high: number, key: CountedKey, state: number): void {
    if (this.#end * words === this.#rows.length) this.#makeRoom();
    const place = this.#end++;
    this.#rows.set([low, high, state, unnumbered, 0, 0], place * words);
    this.#size++;
    this.setKey(place, key);
    this.#index(place);
  }

  state(place: number): number {
    return this.#word(place, stateAt);
  }

  setState(place: number, state: number): void {
    this.#rows[place * words + stateAt] = state;
  }

  key(place: number): CountedKey {
    const number = this.#word(place, numberAt);
    return number === unnumbered ? (this.#named.get(place) ?? -1) : number;
  }

  setKey(place: number, key: CountedKey): void {
    this.#rows[place * words + numberAt] = typeof key === 'number' && key >= 0 ? key : unnumbered;
    if (typeof key !== 'number') this.#named.set(place, key);
    else if (this.#named.size > 0) this.#named.delete(place);
  }

  startup(place: number): number {
    return this.#word(place, startupAt);
  }

  steady(place: number): number {
    return this.#word(place, steadyAt);
  }

  setCounts(place: number, startup: number, steady: number): void {
    this.#rows[place * words + startupAt] = startup;
    this.#rows[place * words + steadyAt] = steady;
  }

  /** Hash of a place, as the kernel has it. */
  hash(place: number): bigint {
    return (BigInt(this.#word(place, highAt)) << 32n) | BigInt(this.#word(place, lowAt));
  }

  remove(place: number): void {
    if (place < 0 || this.state(place) === gone) return;
    const [slots, mask] = [this.#slots, this.#slots.length - 1];
    let gap = this.#word(place, lowAt) & mask;
    while (slots[gap] !== place + 1) gap = (gap + 1) & mask;
    // Those behind the gap move up (Knuth, TAOCP vol. 3, 6.4, algorithm R).
    for (let at = (gap + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = this.#word((slots[at] ?? 0) - 1, lowAt) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = slots[at] ?? 0;
      gap = at;
    }
    slots[gap] = 0;
    this.setState(place, gone);
    this.#named.delete(place);
    this.#size--;
  }

  /** Place of the key that has been there for longest; -1 when there is none. */
  oldest(): number {
    while (this.#oldest < this.#end && this.state(this.#oldest) === gone) this.#oldest++;
    return this.#oldest < this.#end ? this.#oldest : -1;
  }

  *places(): Iterable<number> {
    for (let place = 0; place < this.#end; place++) if (this.state(place) !== gone) yield place;
  }

  #word(place: number, at: number): number {
    return this.#rows[place * words + at] ?? 0;
  }

  #index(place: number): void {
    const mask = this.#slots.length - 1;
    let at = this.#word(place, lowAt) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = place + 1;
  }

  /** Moves the keys together where a quarter of them is gone; else makes more room. */
  #makeRoom(): void {
    const kept = [...this.places()];
    const had = this.#rows.length / words;
    const room = kept.length > had * 0.75 ? Math.ceil(had * 1.125) : had;
    const rows = new Uint32Array(room * words);
    for (const [to, place] of kept.entries())
      rows.set(this.#rows.subarray(place * words, (place + 1) * words), to * words);
    this.#rows = rows;
    const named = kept.flatMap((place, index) => {
      const key = this.#named.get(place);
      return key === undefined ? [] : [[index, key] as const];
    });
    this.#named.clear();
    for (const [place, key] of named) this.#named.set(place, key);
    [this.#end, this.#oldest] = [kept.length, 0];
    const slots = 2 ** Math.ceil(Math.log2(room * 1.5));
    // Half the memory where places are small, as nearly everywhere.
    this.#slots = slots <= 65_536 ? new Uint16Array(slots) : new Int32Array(slots);
    for (let place = 0; place < this.#end; place++) this.#index(place);
  }
}
