import type { Report } from '../protocol/message.ts';

/**
 * The last report of the node: a new one takes the place of one that was not sent. Sent at once, or when the time between two reports that the
 * collector asked for is over. Holds one report and one timer; `clear` drops both.
 */
export class ReportSlot {
  readonly #send: (message: Report) => boolean;
  #latest: Report | undefined;
  #everyMs = 0;
  #sentMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param send False: it could not be sent now. */
  constructor(send: (message: Report) => boolean) {
    this.#send = send;
  }

  put(message: Report): void {
    this.#latest = message;
    const waitMs = this.#sentMs + this.#everyMs - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Sends the latest at once, also one that was sent before: a new connection knows none. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#latest !== undefined && this.#send(this.#latest)) this.#sentMs = performance.now();
  }

  /** Least time between two reports. */
  every(everyMs: number): void {
    this.#everyMs = everyMs;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
