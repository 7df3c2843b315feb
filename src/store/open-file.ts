import { CollectorFile } from './collector-file.ts';
import { CollectorReader } from './collector-reader.ts';
import type { ThreadInput } from './thread-message.ts';

type Methods = Readonly<Record<string, unknown>>;

/** The collector's file, open for one purpose, and called by the names of its methods. */
export class OpenFile {
  readonly #file: CollectorFile | CollectorReader;
  readonly #heads: NodeJS.Timeout | undefined;

  /** Throws as `openDatabase` does. */
  constructor({ path, role }: ThreadInput) {
    const writes = role === 'write' ? new CollectorFile(path) : undefined;
    this.#file = writes ?? new CollectorReader(path);
    // The end of the chain is written down at most once a second: this is for what came last.
    this.#heads = writes === undefined ? undefined : setInterval(() => keepHead(writes), 1000);
  }

  /** Calls a method of the file, or `table.method`. */
  async call(path: string, args: readonly unknown[]): Promise<unknown> {
    const [first = '', second] = path.split('.');
    const tables = this.#file as unknown as Methods;
    const table = second === undefined ? tables : (tables[first] as Methods);
    const method = table[second ?? first];
    if (typeof method !== 'function') throw new TypeError(`the store has no ${path}`);
    return method.apply(table, args) as unknown;
  }

  close(): void {
    clearInterval(this.#heads);
    this.#file.close();
  }
}

function keepHead(file: CollectorFile): void {
  try {
    file.keepHead(Date.now());
  } catch {
    // A full disk: the next second tries again, and the store itself says that it cannot write.
  }
}
