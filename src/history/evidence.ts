import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import { limits } from '../protocol/limits.ts';
import type { Evidence, Kept } from '../protocol/question.ts';

/** A piece of what is kept with an incident. */
type Piece = Omit<Evidence, 'type' | 'id'>;

export interface EvidenceOptions {
  /** Lines of JSON, see `FlightRecorder.lines`. */
  readonly lines: (query: NodeHistoryQuery, signal: AbortSignal) => AsyncIterable<string>;
  /** Where it is kept how far each incident was told: a restart goes on there. */
  readonly path: string;
  /** How long before an alert its story begins. */
  readonly beforeMs: number;
  /** Is everything that a container does recorded after an alert, until `quiet` says that it is over? */
  readonly captures: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface EvidenceCounters {
  readonly pieces: number;
  /** Incidents of which not everything was told: too many, too large, or the collector had no room. */
  readonly shortened: number;
}

interface Job {
  readonly incident: string;
  readonly container: string;
  readonly fromMs: number;
  after: { readonly timeMs: number; readonly seq: number } | undefined;
  piece: number;
  rawBytes: number;
  /** Of starts and ends of programs; undefined: none yet. */
  markBytes?: number;
  dueMs: number;
  /** From when on nothing more belongs to it; undefined: not known yet. */
  endMs: number | undefined;
}

const jobsMax = 256;
const everyMs = 5_000;
/** Events of several threads and kernels' CPUs come a little out of order. */
const settleMs = 500;
const pieceBytes = 256 * 1024;
const incidentBytesMax = 32 << 20;
/** Starts and ends of programs that are known, of one incident: there may be very many, and the rest of the story needs the room. */
const markBytesMax = 4 << 20;
const compress = promisify(zstdCompress);

/**
 * What goes to the collector with an incident, so that its story survives the node: the minutes before the first alert of the container, and everything
 * until it was quiet. Holds how far each incident was told, nothing else: the entries themselves wait in the flight recorder.
 */
export class EvidenceBundles {
  readonly #options: EvidenceOptions;
  readonly #jobs: Map<string, Job> = new Map();
  readonly #counts = { pieces: 0, shortened: 0 };
  #trouble = '';

  constructor(options: EvidenceOptions) {
    this.#options = options;
    for (const job of this.#load()) this.#jobs.set(job.incident, job);
  }

  get counters(): EvidenceCounters {
    return { ...this.#counts };
  }

  /** An alert was raised. */
  alerted({ incident, time }: Pick<Alert, 'incident' | 'time'>, container: { readonly id: string }): void {
    if (incident === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const endMs = this.#options.captures ? undefined : nowMs;
    const known = this.#jobs.get(incident);
    if (known !== undefined) {
      known.endMs = endMs;
      return;
    }
    const fromMs = Date.parse(time) - this.#options.beforeMs;
    const start = { fromMs, after: undefined, piece: 0, rawBytes: 0, dueMs: nowMs + 2 * settleMs, endMs };
    this.#jobs.set(incident, { incident, container: container.id, ...start });
    if (this.#jobs.size > jobsMax) this.#drop([...this.#jobs.keys()][0] ?? '');
    this.#save();
  }

  /** The container is not captured any more. */
  quiet(containerId: string): void {
    const nowMs = this.#options.clock.nowMs();
    for (const job of this.#jobs.values()) if (job.container === containerId) job.endMs ??= nowMs;
  }

  /** The next piece, when one is due. Call `settle` with what became of it before the next call. Never rejects. */
  async next(): Promise<DuePiece | undefined> {
    const nowMs = this.#options.clock.nowMs();
    for (const job of this.#jobs.values()) {
      if (job.dueMs > nowMs) continue;
      job.dueMs = nowMs + everyMs;
      try {
        const piece = await this.#piece(job, nowMs);
        if (piece !== undefined) return piece;
        if (job.endMs !== undefined && job.endMs + settleMs < nowMs) this.#end(job);
      } catch (error) {
        this.#say(errorText(error));
      }
    }
    return undefined;
  }

  settle({ incident, piece, toMs, rest }: DuePiece, outcome: Kept['outcome']): void {
    const job = this.#jobs.get(incident);
    if (job?.piece !== piece || outcome === 'failed') return;
    if (outcome === 'full') {
      this.#drop(incident);
      return;
    }
    this.#counts.pieces += 1;
    job.piece += 1;
    job.after = { timeMs: toMs, seq: rest.lastSeq };
    job.rawBytes += rest.rawBytes;
    job.markBytes = rest.markBytes;
    if (rest.more) job.dueMs = 0;
    if (job.rawBytes > incidentBytesMax) this.#drop(incident);
    this.#save();
  }

  async #piece(
    { incident, container, fromMs, after, piece, endMs, markBytes = 0 }: Job,
    nowMs: number,
  ): Promise<DuePiece | undefined> {
    const untilMs = Math.min(nowMs - settleMs, endMs === undefined ? Number.POSITIVE_INFINITY : endMs + settleMs);
    const stop = new AbortController();
    let [text, more] = ['', false];
    for await (const lines of this.#options.lines(
      { container, sinceMs: fromMs, untilMs, limit: 1e9, after },
      stop.signal,
    )) {
      text += lines;
      if (text.length < pieceBytes) continue;
      more = true;
      break;
    }
    stop.abort();
    // Losses that end later are told when they are due.
    const isDue = (line: string): boolean => (placeOf(line)?.timeMs ?? untilMs) < untilMs;
    const found = text.split('\n').filter((line) => line !== '' && isDue(line));
    const [first, last] = [placeOf(found[0]), placeOf(found.at(-1))];
    const { lines, markBytes: marks } = withinMarks(found, markBytes);
    if (first === undefined || last === undefined) return undefined;
    const raw = Buffer.from(`${lines.join('\n')}\n`);
    const data = (await compress(raw)).toString('base64');
    if (data.length > limits.evidenceLength) {
      this.#drop(incident);
      return undefined;
    }
    const rest = { lastSeq: last.seq, rawBytes: raw.length, markBytes: marks, more };
    const [from, to] = [first.timeMs, last.timeMs];
    return {
      incident,
      container,
      piece,
      fromMs: from,
      toMs: to,
      entries: lines.length,
      dropped: found.length - lines.length,
      data,
      rest,
    };
  }

  #end({ incident }: Job): void {
    this.#jobs.delete(incident);
    this.#save();
  }

  #drop(incident: string): void {
    this.#counts.shortened += 1;
    this.#jobs.delete(incident);
    this.#save();
  }

  #load(): readonly Job[] {
    try {
      const jobs = JSON.parse(readFileSync(this.#options.path, 'utf8')) as readonly Job[];
      // What was captured is not captured any more.
      const endMs = this.#options.clock.nowMs();
      return jobs.slice(0, jobsMax).map((job) => ({ ...job, after: job.after ?? undefined, dueMs: 0, endMs }));
    } catch {
      // None yet, or half of one: what is in the recorder can be asked all the same.
      return [];
    }
  }

  #save(): void {
    const { path } = this.#options;
    try {
      writeFileSync(`${path}.new`, JSON.stringify([...this.#jobs.values()]), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      this.#say('');
    } catch (error) {
      this.#say(errorText(error));
    }
  }

  /** The same trouble is logged once until it changes. */
  #say(trouble: string): void {
    if (trouble !== this.#trouble && trouble !== '')
      this.#options.log.error({ code: 'history.evidence' }, `events around alerts could not be told: ${trouble}`);
    this.#trouble = trouble;
  }
}

/** What is remembered of a piece until it is settled. */
interface Rest {
  readonly lastSeq: number;
  readonly rawBytes: number;
  readonly markBytes: number;
  /** There is more at once. */
  readonly more: boolean;
}

/** A piece that is on its way. */
export interface DuePiece extends Piece {
  readonly rest: Rest;
}

/** Without the starts and ends of programs that there is no room for. @param markBytes Of those that were told. Pure. */
function withinMarks(
  found: readonly string[],
  markBytes: number,
): { readonly lines: readonly string[]; readonly markBytes: number } {
  let told = markBytes;
  const lines = found.filter((line) => {
    // Within a name the quotes would be escaped.
    if (!/"kind":"(?:start|end)"/u.test(line)) return true;
    told += line.length;
    return told <= markBytesMax;
  });
  return { lines, markBytes: Math.min(told, markBytesMax + 1) };
}

/** A line begins with its place. */
function placeOf(line: string | undefined): { readonly timeMs: number; readonly seq: number } | undefined {
  const [, seq, time] = /^\{"seq":(\d+),"time":"([^"]+)"/u.exec(line ?? '') ?? [];
  return seq === undefined || time === undefined ? undefined : { timeMs: Date.parse(time), seq: Number(seq) };
}
