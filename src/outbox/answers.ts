import { AnchorwatchError, errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { limits } from '../protocol/limits.ts';
import { encodeMessage } from '../protocol/message.ts';
import type { Arguments, EndOutcome, More, Part, Question } from '../protocol/question.ts';
import type { Companion, CompanionMessage, SendBack } from './companion.ts';

/**
 * Answers one kind of question: yields the parts of the answer, each at most `limits.partLength` long, and returns what is to be said of it as a
 * whole. It is asked for the next part only when that may be sent. Ends early, by returning, when the signal says so. May throw; AnchorwatchError
 * `question.invalid`: the question makes no sense, `question.unknown`: there is nothing of the kind here.
 */
export type Answerer = (args: Arguments, signal: AbortSignal) => AsyncGenerator<string, Arguments, undefined>;

export interface AnswersOptions {
  /** By the kind of question; their names are what the agent's hello accepts. */
  readonly answerers: Readonly<Record<string, Answerer>>;
  readonly log: Logger;
  /** Questions answered at once. Default 4; the next is told `busy`. */
  readonly openMax?: number;
}

export interface AnswerCounters {
  readonly asked: number;
  readonly parts: number;
  readonly refused: number;
  readonly failed: number;
}

interface Open {
  readonly abort: AbortController;
  /** Why the signal was given. */
  outcome: Extract<EndOutcome, 'late' | 'stopped'> | undefined;
  credit: number;
  /** Called when there is credit again, or the signal was given. */
  wake: (() => void) | undefined;
}

/**
 * The node's side of questions with long answers: one part is sent for each that the collector has asked for, so that nothing waits here, and alerts
 * are never behind more than a window of parts. When the link ends all answers end, unsent.
 */
export class Answers implements Companion {
  readonly #options: AnswersOptions;
  readonly #open: Map<number, Open> = new Map();
  readonly #counts = { asked: 0, parts: 0, refused: 0, failed: 0 };

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Kinds of questions that are answered, for the hello. */
  get accepts(): readonly string[] {
    return Object.keys(this.#options.answerers);
  }

  get counters(): AnswerCounters {
    return { ...this.#counts };
  }

  /** The collector asks when it wants to. */
  opened(): void {}

  take(message: CompanionMessage, send: SendBack): void {
    if (message.type === 'question') void this.#answer(message, send);
    else if (message.type === 'more') this.#more(message);
    else if (message.type === 'stop') this.#end(message.id, 'stopped');
  }

  /** The link ended: nobody waits for the answers. */
  ended(): void {
    for (const id of this.#open.keys()) this.#end(id, 'stopped');
    this.#open.clear();
  }

  #more({ id, parts }: More): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.credit = Math.min(limits.partWindow, open.credit + parts);
    open.wake?.();
  }

  #end(id: number, outcome: 'late' | 'stopped'): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    open.outcome ??= outcome;
    open.abort.abort();
    open.wake?.();
  }

  /** Never rejects. */
  async #answer({ id, what, args, deadlineMs, window }: Question, send: SendBack): Promise<void> {
    this.#counts.asked += 1;
    let open: Open | undefined;
    const end = (outcome: EndOutcome, reason = '', summary: Arguments = {}): void => {
      // After the link ended, the number may be another question's.
      if (open !== undefined && this.#open.get(id) !== open) return;
      if (outcome === 'failed') this.#counts.failed += 1;
      else if (outcome === 'refused' || outcome === 'busy') this.#counts.refused += 1;
      send({ type: 'end', id, outcome, reason: reason.slice(0, limits.textLength), summary });
    };
    const answerer = Object.hasOwn(this.#options.answerers, what) ? this.#options.answerers[what] : undefined;
    if (answerer === undefined) return end('refused', `this agent does not answer questions about ${what}`);
    if (this.#open.has(id)) return end('refused', 'a question with this number is open');
    if (this.#open.size >= (this.#options.openMax ?? 4)) return end('busy', 'too many questions at once');
    open = { abort: new AbortController(), outcome: undefined, credit: window, wake: undefined };
    this.#open.set(id, open);
    const timer = setTimeout(() => this.#end(id, 'late'), deadlineMs);
    try {
      const summary = await this.#parts(id, answerer(args, open.abort.signal), open, send);
      end(open.outcome ?? 'done', '', summary);
    } catch (error) {
      const code = error instanceof AnchorwatchError ? error.code : '';
      if (open.outcome !== undefined) end(open.outcome);
      else if (code === 'question.invalid') end('refused', errorText(error));
      else if (code === 'question.unknown') end('unknown', errorText(error));
      else {
        this.#options.log.error({ err: error, what }, `a question could not be answered: ${errorText(error)}`);
        // What went wrong underneath names files of the node; it is for the node's log.
        end('failed', 'the log of the agent says why');
      }
    } finally {
      clearTimeout(timer);
      if (this.#open.get(id) === open) this.#open.delete(id);
    }
  }

  async #parts(
    id: number,
    parts: AsyncGenerator<string, Arguments, undefined>,
    open: Open,
    send: SendBack,
  ): Promise<Arguments> {
    try {
      for (;;) {
        while (open.credit === 0 && !open.abort.signal.aborted)
          await new Promise<void>((resolve) => {
            open.wake = resolve;
          });
        open.wake = undefined;
        // A generator that was stopped says what there is to say of the part that was sent.
        const next = await parts.next();
        if (next.done === true) return next.value;
        if (open.abort.signal.aborted) return {};
        const part: Part = { type: 'part', id, data: next.value };
        // Throws here, where it ends one answer, not in the link.
        encodeMessage(part);
        open.credit -= 1;
        this.#counts.parts += 1;
        send(part);
      }
    } finally {
      await parts.return({});
    }
  }
}
