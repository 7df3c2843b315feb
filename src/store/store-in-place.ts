import { AnchorwatchError } from '../lib/errors.ts';
import { OpenFile } from './open-file.ts';
import { remoteOf } from './store-thread.ts';
import type { Remote, StoreHost } from './store-thread.ts';
import type { ThreadInput } from './thread-message.ts';

/**
 * The store's file in the thread of who asks, for a collector of one node: a thread would take some 15 MB there, and have next to nothing to do. A
 * call waits for the disk, and so does everything else meanwhile.
 */
export class StoreInPlace implements StoreHost {
  readonly #input: ThreadInput;
  #file: OpenFile | undefined;
  #closed = false;
  readonly trouble = undefined;
  readonly failures = 0;

  constructor(input: ThreadInput) {
    this.#input = input;
  }

  async open(): Promise<void> {
    this.#file ??= new OpenFile(this.#input);
  }

  remote<Table>(table?: string): Remote<Table> {
    return remoteOf<Table>(table, async (method, args) => {
      if (this.#closed) throw new AnchorwatchError('store.closed', `${this.#input.path} is closed`);
      await this.open();
      return this.#file?.call(method, args);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#file?.close();
    this.#file = undefined;
  }
}
