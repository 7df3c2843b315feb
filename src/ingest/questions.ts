import type { AnswerEnd, Arguments, End, More, Part, Question, Stop } from '../protocol/question.ts';

/** What is asked of a node. */
export interface Inquiry {
  readonly what: string;
  readonly args: Arguments;
  /** From now, milliseconds. */
  readonly deadlineMs: number;
  /** Parts on the way at once, at most `limits.partWindow`. Default 2. */
  readonly window?: number;
}

/** The parts of an answer in their order; returns how it ended. Leaving it early tells the node to stop. */
export type Answering = AsyncGenerator<string, AnswerEnd, undefined>;

/** Beyond the deadline of the node itself, for its last words to arrive. */
const graceMs = 1_000;
/** Questions open on one connection; further ones are told `busy`. */
const openMax = 16;

interface Open {
  readonly window: number;
  /** Parts that came and were not taken. */
  readonly parts: string[];
  end: AnswerEnd | undefined;
  wake: (() => void) | undefined;
}

/**
 * The collector's side of questions with long answers, on one connection. At most a window of parts of each answer waits here: a node that sends more
 * than it was asked for has its answer ended.
 */
export class Questions {
  readonly #send: (message: Question | More | Stop) => void;
  readonly #open: Map<number, Open> = new Map();
  #last = 0;
  #ended = false;

  constructor(send: (message: Question | More | Stop) => void) {
    this.#send = send;
  }

  /** Asks now, also when nobody has taken a part yet. */
  ask({ what, args, deadlineMs, window = 2 }: Inquiry): Answering {
    if (this.#ended) return ending('silent', 'the node is away');
    if (this.#open.size >= openMax) return ending('busy', 'too many questions to this node at once');
    this.#last += 1;
    const id = this.#last;
    const open: Open = { window, parts: [], end: undefined, wake: undefined };
    this.#open.set(id, open);
    const timer = setTimeout(() => this.#finish(id, 'silent', 'no answer in time'), deadlineMs + graceMs);
    this.#send({ type: 'question', id, what, args, deadlineMs, window });
    return this.#answer(id, open, timer);
  }

  /** A part, or the end, of an answer; what belongs to no open question is late and is dropped. */
  take(message: Part | End): void {
    const open = this.#open.get(message.id);
    if (open === undefined || open.end !== undefined) return;
    if (message.type === 'end') {
      const { outcome, reason, summary } = message;
      open.end = { outcome, reason, summary };
    } else if (open.parts.length < open.window) open.parts.push(message.data);
    else {
      this.#finish(message.id, 'failed', 'the node sent more than it was asked for');
      return;
    }
    open.wake?.();
  }

  /** The connection ended: so do all answers, after the parts that came. */
  ended(): void {
    this.#ended = true;
    for (const id of this.#open.keys()) this.#finish(id, 'silent', 'the connection to the node broke');
  }

  #finish(id: number, outcome: AnswerEnd['outcome'], reason: string): void {
    const open = this.#open.get(id);
    if (open === undefined || open.end !== undefined) return;
    open.end = { outcome, reason, summary: {} };
    if (!this.#ended) this.#send({ type: 'stop', id });
    open.wake?.();
  }

  async *#answer(id: number, open: Open, timer: NodeJS.Timeout): Answering {
    try {
      for (;;) {
        while (open.parts.length === 0 && open.end === undefined)
          await new Promise<void>((resolve) => {
            open.wake = resolve;
          });
        open.wake = undefined;
        const part = open.parts.shift();
        if (part === undefined) return open.end ?? { outcome: 'silent', reason: '', summary: {} };
        yield part;
        // Taken: there is room for another one.
        if (open.end === undefined) this.#send({ type: 'more', id, parts: 1 });
      }
    } finally {
      clearTimeout(timer);
      if (open.end === undefined && !this.#ended) this.#send({ type: 'stop', id });
      this.#open.delete(id);
    }
  }
}

/** An answer without parts. */
// oxlint-disable-next-line require-yield -- the type of an answer
export async function* ending(outcome: AnswerEnd['outcome'], reason: string): Answering {
  return { outcome, reason, summary: {} };
}
