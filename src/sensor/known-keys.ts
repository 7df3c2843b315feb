import type { KernelKey } from '../model/event.ts';

const startRoom = 64;
const gone = 0xff;

/** What was counted of a key by those who told it: its number, or the key itself where it has none. */
export type CountedKey = number | KernelKey;

/**
 * The keys of one workload in the kernel's map: what their hashes mean, and what was read of them. Columns, in the order in which keys came, and an
 * index of hashes: no object for a key, of which a node has a hundred thousand. Hashes are SipHash's, so that nobody can choose them.
 */
export class KnownKeys {
  readonly id: string;
  #low: Uint32Array = new Uint32Array(startRoom);
  #high: Uint32Array = new Uint32Array(startRoom);
  /** `gone` where a key was removed. */
  #state: Uint8Array = new Uint8Array(startRoom);
  /** Number of the key; -1: in `#named`, or nowhere. */
  #number: Int32Array = new Int32Array(startRoom);
  #startup: Uint32Array = new Uint32Array(startRoom);
  #steady: Uint32Array = new Uint32Array(startRoom);
  /** Keys that have no number. */
  readonly #named: Map<number, KernelKey> = new Map();
  /** Open addressing: places in the columns and one, 0 is empty. */
  #slots: Int32Array = new Int32Array(startRoom * 2);
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
    const mask = this.#slots.length - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const place = (this.#slots[at] ?? 0) - 1;
      if (place < 0 || (this.#low[place] === low && this.#high[place] === high)) return place;
    }
  }

  /** A hash that is not there. */
  add(low: number, high: number, key: CountedKey, state: number): void {
    if (this.#end === this.#low.length) this.#makeRoom();
    const place = this.#end++;
    this.#low[place] = low;
    this.#high[place] = high;
    this.#state[place] = state;
    this.#startup[place] = 0;
    this.#steady[place] = 0;
    this.#size++;
    this.setKey(place, key);
    this.#index(place);
  }

  state(place: number): number {
    return this.#state[place] ?? 0;
  }

  setState(place: number, state: number): void {
    this.#state[place] = state;
  }

  key(place: number): CountedKey {
    const number = this.#number[place] ?? -1;
    return number >= 0 ? number : (this.#named.get(place) ?? -1);
  }

  setKey(place: number, key: CountedKey): void {
    this.#number[place] = typeof key === 'number' ? key : -1;
    if (typeof key !== 'number') this.#named.set(place, key);
    else if (this.#named.size > 0) this.#named.delete(place);
  }

  startup(place: number): number {
    return this.#startup[place] ?? 0;
  }

  steady(place: number): number {
    return this.#steady[place] ?? 0;
  }

  setCounts(place: number, startup: number, steady: number): void {
    this.#startup[place] = startup;
    this.#steady[place] = steady;
  }

  /** Hash of a place, as the kernel has it. */
  hash(place: number): bigint {
    return (BigInt(this.#high[place] ?? 0) << 32n) | BigInt(this.#low[place] ?? 0);
  }

  remove(place: number): void {
    if (place < 0 || this.#state[place] === gone) return;
    const [slots, mask] = [this.#slots, this.#slots.length - 1];
    let gap = (this.#low[place] ?? 0) & mask;
    while (slots[gap] !== place + 1) gap = (gap + 1) & mask;
    // Those behind the gap move up (Knuth, TAOCP vol. 3, 6.4, algorithm R).
    for (let at = (gap + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = (this.#low[(slots[at] ?? 0) - 1] ?? 0) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = slots[at] ?? 0;
      gap = at;
    }
    slots[gap] = 0;
    this.#state[place] = gone;
    this.#named.delete(place);
    this.#size--;
  }

  /** Place of the key that has been there for longest; -1 when there is none. */
  oldest(): number {
    while (this.#oldest < this.#end && this.#state[this.#oldest] === gone) this.#oldest++;
    return this.#oldest < this.#end ? this.#oldest : -1;
  }

  *places(): Iterable<number> {
    for (let place = 0; place < this.#end; place++) if (this.#state[place] !== gone) yield place;
  }

  #index(place: number): void {
    const mask = this.#slots.length - 1;
    let at = (this.#low[place] ?? 0) & mask;
    while (this.#slots[at] !== 0) at = (at + 1) & mask;
    this.#slots[at] = place + 1;
  }

  /** Moves the keys together where a quarter of them is gone; else makes more room. */
  #makeRoom(): void {
    const kept = [...this.places()];
    const room = kept.length > this.#low.length * 0.75 ? Math.ceil(this.#low.length * 1.25) : this.#low.length;
    const moved = <Column extends Uint8Array | Uint32Array | Int32Array>(from: Column, to: Column): Column => {
      for (const [to_, place] of kept.entries()) to[to_] = from[place] ?? 0;
      return to;
    };
    this.#low = moved(this.#low, new Uint32Array(room));
    this.#high = moved(this.#high, new Uint32Array(room));
    this.#state = moved(this.#state, new Uint8Array(room));
    this.#number = moved(this.#number, new Int32Array(room));
    this.#startup = moved(this.#startup, new Uint32Array(room));
    this.#steady = moved(this.#steady, new Uint32Array(room));
    const named = kept.flatMap((place, index) => {
      const key = this.#named.get(place);
      return key === undefined ? [] : [[index, key] as const];
    });
    this.#named.clear();
    for (const [place, key] of named) this.#named.set(place, key);
    [this.#end, this.#oldest] = [kept.length, 0];
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(room * 1.5)));
    for (let place = 0; place < this.#end; place++) this.#index(place);
  }
}
