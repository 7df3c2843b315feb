import { blockMs } from './rate-tail.ts';

/** Slices that a value must be held for before it says anything, unless an option says otherwise. */
export const heldSlicesDefault = 3;

/** What a slice of one container gave. */
export interface TrackedSlice {
  /** The smallest residual of the last slices; undefined until there were enough in a row. */
  readonly held: number | undefined;
  /** How long every slice has been `high`, up to this one, milliseconds. */
  readonly highMs: number;
  /** A block ended before this slice, of which `share` was seen; up to two of blocks that were prolonged. */
  readonly block: { readonly held: number; readonly share: number } | undefined;
}

/** One rate of one container from slice to slice: what it held, and the highest of that in the present half hour. Some 100 bytes. */
export class RateTrack {
  readonly #heldSlices: number;
  #recent: number[] = [];
  #block = 0;
  #highest: number | undefined;
  #seenMs = 0;
  #highMs = 0;

  constructor(heldSlices: number = heldSlicesDefault) {
    this.#heldSlices = heldSlices;
  }

  /** A slice of `lengthMs` ended. `high`: it is of the tail. */
  add(residual: number, high: boolean, lengthMs: number, timeMs: number): TrackedSlice {
    this.#highMs = high ? this.#highMs + lengthMs : 0;
    const ended = this.#endBlock(timeMs);
    this.#recent.push(residual);
    if (this.#recent.length > this.#heldSlices) this.#recent.shift();
    const held = this.#recent.length < this.#heldSlices ? undefined : Math.min(...this.#recent);
    if (held !== undefined) {
      this.#highest = Math.max(held, this.#highest ?? held);
      this.#seenMs += lengthMs;
    }
    return { held, highMs: this.#highMs, block: ended };
  }

  /** A slice without a value: what comes next is held from anew. Absent is not zero. */
  miss(): void {
    this.#recent = [];
    this.#highMs = 0;
  }

  /**
   * What is high and has not lasted for half an hour may still be told: its block goes on until then, so that it is not learned before.
   */
  #endBlock(timeMs: number): TrackedSlice['block'] {
    const block = Math.floor(timeMs / blockMs);
    if (block === this.#block || (this.#highMs > 0 && this.#highMs < blockMs)) return undefined;
    const ended = this.#highest === undefined ? undefined : { held: this.#highest, share: this.#seenMs / blockMs };
    this.#block = block;
    this.#highest = undefined;
    this.#seenMs = 0;
    return ended;
  }
}
