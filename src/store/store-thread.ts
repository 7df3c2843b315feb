import { Worker } from 'node:worker_threads';
import { AnchorwatchError, errorText } from '../lib/errors.ts';
import { unpackError } from './thread-message.ts';
import type { ThreadAnswer, ThreadCall, ThreadInput } from './thread-message.ts';

/** The methods of a table as another thread has them: each answers later. */
export type Remote<Table> = {
  readonly [
    Name in keyof Table as Table[Name] extends (...args: never[]) => unknown ? Name : never
  ]: Table[Name] extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Awaited<Result>> : never;
};

/** Where the store's file is open. */
export interface StoreHost {
  /** Opens the file. Rejects as `openDatabase` throws. Without it the first call does. */
  open(): Promise<void>;
  /** The methods of the file, or of one of its tables. */
  remote<Table>(table?: string): Remote<Table>;
  /** Why nothing can be asked at the moment; undefined: it can. */
  readonly trouble: string | undefined;
  /** How often it ended by itself. */
  readonly failures: number;
  /** Lets what was asked be answered, then closes the file. */
  close(): Promise<void>;
}

/** Methods that are called by name. */
export function remoteOf<Table>(
  table: string | undefined,
  call: (method: string, args: readonly unknown[]) => Promise<unknown>,
): Remote<Table> {
  return new Proxy({} as Remote<Table>, {
    get: (_target, name) =>
      // What is awaited is asked whether it is a promise.
      typeof name === 'string' && name !== 'then'
        ? (...args: readonly unknown[]) => call(table === undefined ? name : `${table}.${name}`, args)
        : undefined,
  });
}

/** Before a thread that ended is started anew, the first time and at most. */
const restartMs = 100;
const restartMaxMs = 10_000;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that has the store's file open and runs what it is asked, one call after the other. SQLite works synchronously and waits for the
 * disk: here that stops nobody. Calls that wait are bounded by who asks: one batch for each connection, one request for each client. A
 * thread that dies fails the calls that wait, with `store.thread` (retryable), and those that come until it is started anew: after a tenth of a
 * second, and twice as long each time that it dies without having answered anything, up to ten seconds.
 */
export class StoreThread implements StoreHost {
  readonly #input: ThreadInput;
  /** A thread that nobody asked for so long ends, and gives its memory back; undefined: never. */
  readonly #idleMs: number | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;
  #failures = 0;
  #trouble: string | undefined;
  /** Times in a row that it ended without an answer. */
  #attempt = 0;
  #restart: NodeJS.Timeout | undefined;

  constructor(input: ThreadInput, idleMs?: number) {
    this.#input = input;
    this.#idleMs = idleMs;
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  get failures(): number {
    return this.#failures;
  }

  async open(): Promise<void> {
    await this.#call(undefined, []);
  }

  remote<Table>(table?: string): Remote<Table> {
    return remoteOf<Table>(table, (method, args) => this.#call(method, args));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    this.#end();
    await this.#ended;
  }

  #call(method: string | undefined, args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(new AnchorwatchError('store.closed', `${this.#input.path} is closed`));
    if (this.#worker === undefined && this.#restart !== undefined) return Promise.reject(this.#gone());
    const worker = (this.#worker ??= this.#start());
    clearTimeout(this.#idle);
    return new Promise((resolve, reject) => {
      if (method === undefined) {
        this.#waiting.set(0, { resolve, reject });
        return;
      }
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve, reject });
      worker.postMessage({ id: this.#lastId, method, args } satisfies ThreadCall);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./store-worker.ts', import.meta.url), {
      workerData: this.#input,
      name: `store-${this.#input.role}`,
    });
    let failure: Error | undefined;
    // A file that cannot be opened the first time is for who opens it; later it is tried again.
    let wasOpen = this.#failures > 0;
    worker.on('message', (answer: ThreadAnswer) => {
      // It could not open the file, and ends: that is the answer to all that waits.
      if (answer.id === 0 && answer.error !== undefined) failure = unpackError(answer.error);
      else {
        wasOpen = true;
        this.#trouble = undefined;
        if (answer.id !== 0) this.#attempt = 0;
        this.#answered(answer);
      }
    });
    worker.on('error', (error) => {
      failure = new AnchorwatchError('store.thread', `the thread of ${this.#input.path} failed: ${errorText(error)}`, {
        cause: error,
        retryable: true,
      });
    });
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        const isOwnEnd = this.#worker !== worker;
        if (!isOwnEnd) this.#worker = undefined;
        const error = failure ?? this.#gone();
        if (!isOwnEnd && wasOpen) this.#again(error);
        for (const { reject } of this.#waiting.values()) reject(error);
        this.#waiting.clear();
        resolve();
      });
    });
    return worker;
  }

  #gone(): AnchorwatchError {
    const message = `the thread of ${this.#input.path} ended; it is started again`;
    return new AnchorwatchError('store.thread', message, { retryable: true });
  }

  /** It ended by itself: another one is started after a while, whether somebody asks or not. */
  #again(error: Error): void {
    this.#failures += 1;
    this.#trouble = `the thread that ${this.#input.role === 'write' ? 'writes' : 'reads'} the store ended and is started again: ${error.message}`;
    if (this.#closed) return;
    const waitMs = Math.min(restartMaxMs, restartMs * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      this.#worker ??= this.#start();
    }, waitMs);
  }

  #answered({ id, result, error }: ThreadAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(unpackError(error));
    if (this.#waiting.size === 0 && this.#idleMs !== undefined && !this.#closed)
      this.#idle = setTimeout(() => this.#end(), this.#idleMs).unref();
  }

  #end(): void {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    // The next call starts another one; this one has nothing left to answer once it has read this.
    this.#worker = undefined;
    worker?.postMessage({ id: 0 } satisfies ThreadCall);
  }
}
