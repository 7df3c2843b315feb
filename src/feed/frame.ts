/** A message of the feed, encoded once for all clients that get it: with a thousand of them that is most of the work. */
export class Frame<Value extends object> {
  readonly value: Value;
  readonly #type: string;
  #bytes: Buffer | undefined;

  /** @param type of the message, as the contract names it */
  constructor(type: 'alert' | 'incident', value: Value) {
    this.#type = type;
    this.value = value;
  }

  get bytes(): Buffer {
    this.#bytes ??= encodeFrame({ type: this.#type, ...this.value });
    return this.#bytes;
  }
}

/** JSON in UTF-8. */
export function encodeFrame(message: object): Buffer {
  return Buffer.from(JSON.stringify(message));
}
