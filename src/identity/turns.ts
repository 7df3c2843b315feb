/** Acts about one subject one after the other, in the order in which they were asked for; different subjects do not wait for each other. */
export class Turns {
  readonly #last: Map<string, Promise<void>> = new Map();

  /** Runs `act` now, or when all earlier acts about the subject have ended. `act` must not reject. */
  take(subject: string, act: () => Promise<void>): void {
    const before = this.#last.get(subject);
    const turn = before === undefined ? act() : before.then(act);
    this.#last.set(subject, turn);
    void turn.finally(() => {
      if (this.#last.get(subject) === turn) this.#last.delete(subject);
    });
  }
}
