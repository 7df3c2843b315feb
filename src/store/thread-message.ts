import { AnchorwatchError, errorText } from '../lib/errors.ts';

/** What a thread of the store is started with. */
export interface ThreadInput {
  readonly path: string;
  readonly role: 'write' | 'read';
}

/** What the thread is asked: a method of its file, or `table.method`; without one, to close and end. */
export interface ThreadCall {
  readonly id: number;
  readonly method?: string;
  readonly args?: readonly unknown[];
}

/** An error on its way between threads, which keeps what an `AnchorwatchError` has. */
export interface ThreadError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly cause: string;
}

/** Answer to the call with this id; 0: the file is open, or could not be opened. */
export interface ThreadAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: ThreadError;
}

/** An error in the form in which it travels between threads; its code and whether a retry helps stay. Pure. */
export function packError(error: unknown): ThreadError {
  const known = error instanceof AnchorwatchError ? error : undefined;
  return {
    code: known?.code ?? 'store.failed',
    message: known?.message ?? errorText(error),
    retryable: known?.retryable ?? false,
    cause: error instanceof Error && error.cause !== undefined ? errorText(error.cause) : '',
  };
}

/** The error that was packed. Pure. */
export function unpackError({ code, message, retryable, cause }: ThreadError): AnchorwatchError {
  return new AnchorwatchError(code, message, { retryable, ...(cause === '' ? {} : { cause: new Error(cause) }) });
}
