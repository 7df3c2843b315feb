import type { Clock } from '../lib/clock.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { silenceState } from '../model/silence.ts';
import type { Silence } from '../model/silence.ts';
import { silenceConditions } from './silences.ts';
import type { Silences } from './silences.ts';

/** Where silences are kept. */
export interface SilenceBook {
  /** Those that end after `afterMs`, the one that was made last first. */
  list(afterMs: number, limit: number): Promise<readonly Silence[]>;
  /** Durable when it resolves; those that ended before `beforeMs` are removed. */
  put(silence: Silence, beforeMs: number): Promise<void>;
  get(id: string): Promise<Silence | undefined>;
}

/** A silence as somebody wants it. Times are milliseconds since the epoch. */
export interface WantedSilence {
  readonly match: Silence['match'];
  /** Default: now. */
  readonly fromMs?: number | undefined;
  readonly untilMs: number;
  readonly reason: string;
}

/** Silences that hold or will. */
const silencesMax = 1000;
/** Those that are over are shown for so long. */
const keptMs = 90 * 86_400_000;
const longestMs = 366 * 86_400_000;

/** Makes silences, shows them, ends them; what it changes holds from the next alert on. */
export class SilenceDesk {
  readonly #book: SilenceBook;
  readonly #silences: Silences;
  readonly #clock: Clock;
  readonly #newId: (nowMs: number) => string;

  constructor(options: { book: SilenceBook; silences: Silences; clock: Clock; newId: (nowMs: number) => string }) {
    this.#book = options.book;
    this.#silences = options.silences;
    this.#clock = options.clock;
    this.#newId = options.newId;
  }

  /** Reads what there is. Rejects as the book does. */
  async load(): Promise<void> {
    this.#silences.replace(await this.#book.list(this.#clock.nowMs(), silencesMax));
  }

  /** The one that was made last first; those that are over too, for ninety days. */
  async list(): Promise<readonly Silence[]> {
    return this.#book.list(this.#clock.nowMs() - keptMs, 10 * silencesMax);
  }

  /** Rejects with AnchorwatchError `silence.invalid` and `silence.limit`. */
  async add({ match, fromMs, untilMs, reason }: WantedSilence, by: string): Promise<Silence> {
    const nowMs = this.#clock.nowMs();
    const read = silenceConditions(match);
    if ('problem' in read) throw new AnchorwatchError('silence.invalid', read.problem);
    const beginMs = Math.max(fromMs ?? nowMs, nowMs);
    if (untilMs <= beginMs) throw new AnchorwatchError('silence.invalid', 'until: the silence would be over already');
    if (untilMs - nowMs > longestMs)
      throw new AnchorwatchError('silence.invalid', 'until: a silence holds for 366 days at most');
    if ((await this.#book.list(nowMs, silencesMax)).length >= silencesMax)
      throw new AnchorwatchError('silence.limit', `there are ${String(silencesMax)} silences already: end some`);
    const silence: Silence = {
      ...{ id: this.#newId(nowMs), match, by, reason },
      from: new Date(beginMs).toISOString(),
      until: new Date(untilMs).toISOString(),
      createdAt: new Date(nowMs).toISOString(),
    };
    await this.#book.put(silence, nowMs - keptMs);
    await this.load();
    return silence;
  }

  /** Ends a silence now. Undefined: there is none. One that is over stays as it is. */
  async expire(id: string, by: string): Promise<Silence | undefined> {
    const nowMs = this.#clock.nowMs();
    const silence = await this.#book.get(id);
    if (silence === undefined || silenceState(silence, nowMs) === 'expired') return silence;
    const until = new Date(nowMs).toISOString();
    const ended = { ...silence, from: silence.from < until ? silence.from : until, until, expiredBy: by };
    await this.#book.put(ended, nowMs - keptMs);
    await this.load();
    return ended;
  }
}
