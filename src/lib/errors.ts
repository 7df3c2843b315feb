/** What an {@link AnchorwatchError} can carry besides its message. */
export interface AnchorwatchErrorOptions {
  /** What went wrong underneath. */
  readonly cause?: unknown;
  /** Whether doing the same again later can succeed. Default: false. */
  readonly retryable?: boolean;
}

/**
 * An error with a stable code. The message is for people and may change; the code (kebab-case, such as `store-full`) is for
 * programs, metrics and tests and does not.
 */
export class AnchorwatchError extends Error {
  override readonly name: string = 'AnchorwatchError';
  readonly code: string;
  readonly retryable: boolean;

  /**
   * @param code Stable, kebab-case, names the kind of failure.
   * @param message What failed and where: the file, address or option, and what would help.
   */
  constructor(code: string, message: string, options: AnchorwatchErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/**
 * The message of anything that was thrown, with those of its causes: `a: b: c`. A cause whose message its parent repeats already
 * is left out. Never throws, ends on circular causes.
 */
export function errorText(thrown: unknown): string {
  const parts: string[] = [];
  let at: unknown = thrown;
  for (let depth = 0; at !== undefined && at !== null && depth < 8; depth += 1) {
    const text = at instanceof Error ? at.message || at.name : typeof at === 'string' ? at : 'unknown error';
    const last = parts.at(-1);
    if (last === undefined || !last.includes(text)) parts.push(text);
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.join(': ') || 'unknown error';
}
