/**
 * A first-in, first-out queue that never grows past its capacity. When it is full, `push` refuses the new item and counts it in
 * `dropped`: what waits already is older evidence and is kept. It holds no timer and no promise; stopping is draining it with
 * `shift`. Constant time per operation.
 */
export class BoundedQueue<T> {
  readonly capacity: number;
  #items: (T | undefined)[];
  #head = 0;
  #length = 0;
  #dropped = 0;

  /** @param capacity How many items may wait; a whole number of at least 1, else a RangeError. */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new RangeError(`queue capacity must be a whole number of at least 1, not ${String(capacity)}`);
    }
    this.capacity = capacity;
    this.#items = [];
  }

  /** Adds an item at the end. False: the queue was full, the item was not taken and was counted. */
  push(item: T): boolean {
    if (this.#length === this.capacity) {
      this.#dropped += 1;
      return false;
    }
    const at = (this.#head + this.#length) % this.capacity;
    this.#items[at] = item;
    this.#length += 1;
    return true;
  }

  /** Takes the oldest item; undefined when nothing waits. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.capacity;
    this.#length -= 1;
    return item;
  }

  /** How many items wait. */
  get length(): number {
    return this.#length;
  }

  /** How many items were refused since the queue was made. */
  get dropped(): number {
    return this.#dropped;
  }
}
