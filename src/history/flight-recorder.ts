import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Container } from '../model/container.ts';
import type { Event } from '../model/event.ts';
import type { HistoryKind } from '../model/history.ts';
import type { PackedMarks } from '../model/process-marks.ts';
import type { NodeHistoryQuery } from '../protocol/history-question.ts';
import type { ArchiveState, GoneMarks } from './archive.ts';
import { ArchiveThread } from './archive-thread.ts';
import { PayloadWriter } from './record.ts';
import type { Owner } from './record.ts';

export interface FlightRecorderOptions {
  /** Made when it is missing; only its owner may look into it. */
  readonly directory: string;
  readonly node: string;
  /** All files together. */
  readonly sizeBytesMax: number;
  readonly ageMsMax: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Unpacked bytes that may wait for the thread. Default 8 MiB; beyond them entries are shed, counted, and told as a loss. */
  readonly capacityBytes?: number;
}

export interface RecorderCounters {
  /** Entries that are in the files. */
  readonly written: number;
  /** Entries that found no room in memory. */
  readonly full: number;
  /** Entries that could not be written. */
  readonly failed: number;
  readonly waitingBytes: number;
}

/** A batch is handed over as soon as it is so large, else once a second. */
const batchBytes = 256 * 1024;
/** Owners in one batch. */
const ownersMax = 4096;
const tidyMs = 60_000;

/** Entries that were not kept, in a time that is not over. */
interface Shed {
  readonly fromMs: number;
  full: number;
  failed: number;
}

/**
 * The flight recorder: what happened on the node, in files that are bounded by size and age. An entry becomes JSON at once, and waits in memory
 * until it is handed to a thread of its own, about once a second; what a kill loses is that second. Times in which entries were shed are entries
 * themselves. Secrets were masked when the events were decoded.
 */
export class FlightRecorder {
  readonly #options: FlightRecorderOptions;
  readonly #writer: PayloadWriter = new PayloadWriter();
  readonly #thread: ArchiveThread;
  #owners: Owner[] = [];
  #numbers: Map<string, number> = new Map();
  #seq: number;
  #shed: Shed | undefined;
  #counts = { written: 0, full: 0, failed: 0 };
  #tidyAtMs = 0;

  constructor(options: FlightRecorderOptions) {
    this.#options = options;
    const nowMs = options.clock.nowMs();
    // Positions grow from run to run as long as less than a thousand entries are made in a millisecond.
    this.#seq = Math.floor(nowMs) * 1000;
    this.#thread = new ArchiveThread(options, {
      ready: (state) => this.#ready(state, nowMs),
      written: (count, reason) => this.#written(count, reason),
      gone: (marks) => this.#gone(marks),
    });
  }

  get counters(): RecorderCounters {
    const waitingBytes = this.#writer.sizeBytes + this.#thread.waitingBytes;
    return { ...this.#counts, waitingBytes };
  }

  /** What is in the files, as of the last minute; undefined: not known yet. */
  get state(): ArchiveState | undefined {
    return this.#thread.state;
  }

  /** Keeps an event in full. */
  record(event: Event, container: Container): void {
    const { timeMs, kind } = event;
    if (kind === 'lifecycle') {
      const { action, detail, source, by } = event;
      this.add('lifecycle', timeMs, container, { source, action, detail, ...(by === undefined ? {} : { by }) });
      return;
    }
    const { timeMs: _, kind: __, cgroupId: ___, kernelKey: ____, ...rest } = event;
    this.add(kind, timeMs, container, rest);
  }

  /** Keeps an entry. @param whose Undefined: of the node. @param body What the entry says besides place and time. */
  add(kind: HistoryKind, timeMs: number, whose: Container | Owner | undefined, body: object): void {
    if (this.#isFull) {
      this.#lose('full', 1);
      return;
    }
    this.#put(kind, timeMs, whose, body);
    if (this.#writer.sizeBytes >= batchBytes || this.#owners.length >= ownersMax) this.flush();
  }

  /** Keeps starts and ends of programs, packed as they are. */
  addMarks(marks: PackedMarks, container: Container): void {
    if (this.#isFull) {
      this.#lose('full', marks.count);
      return;
    }
    this.#writer.add(Math.floor(marks.fromMs), this.#seq + 1, this.#number(container), 'start', marks.bytes);
    this.#seq += marks.count;
    if (this.#writer.sizeBytes >= batchBytes || this.#owners.length >= ownersMax) this.flush();
  }

  /** Hands over what waits; call it about once a second. */
  flush(): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#shed !== undefined && this.#thread.waitingBytes === 0) this.#tellShed(this.#shed, nowMs);
    if (this.#writer.count > 0) {
      const { count, kinds, fromMs, toMs } = this.#writer;
      this.#thread.append({ count, kinds, fromMs, toMs }, this.#writer.take(this.#owners), nowMs);
      this.#owners = [];
      this.#numbers = new Map();
    }
    if (nowMs < this.#tidyAtMs) return;
    this.#tidyAtMs = nowMs + tidyMs;
    this.#thread.tidy(nowMs);
  }

  /**
   * Lines of JSON, an entry each, in the order of time, several in one text; also of what was recorded just now. The next ones are looked for when they
   * are asked for. Ends when the signal says so; returns up to which time it came, see `Progress`. Throws AnchorwatchError `history.failed`.
   */
  lines(query: NodeHistoryQuery, signal: AbortSignal): AsyncGenerator<string, number, undefined> {
    this.flush();
    return this.#thread.lines(query, signal);
  }

  /** Writes what waits, within 5 s. */
  async close(): Promise<void> {
    this.flush();
    this.flush();
    await this.#thread.close();
    const { waitingBytes } = this.#thread;
    if (waitingBytes > 0)
      this.#options.log.error({ code: 'history.failed', waitingBytes }, 'the last of the history was not written');
  }

  get #isFull(): boolean {
    return this.#writer.sizeBytes + this.#thread.waitingBytes >= (this.#options.capacityBytes ?? 8 << 20);
  }

  #put(kind: HistoryKind, timeMs: number, whose: Container | Owner | undefined, body: object): void {
    let json: string;
    try {
      json = JSON.stringify(body);
    } catch (error) {
      this.#counts.failed += 1;
      this.#options.log.error({ err: error, code: 'history.failed', kind }, `an entry is no JSON: ${errorText(error)}`);
      return;
    }
    this.#seq += 1;
    this.#writer.add(Math.floor(timeMs), this.#seq, whose === undefined ? -1 : this.#number(whose), kind, json);
  }

  #number(whose: Container | Owner): number {
    // What a workload does as a whole has no container's id.
    const key = whose.id === '' ? ` ${whose.workload.id}` : whose.id;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const { id, name, image, workload, pod, namespace } = whose;
    const number = this.#owners.length;
    this.#owners.push({
      ...{ id, name, image, workload },
      ...(pod === undefined ? {} : { pod }),
      ...(namespace === undefined ? {} : { namespace }),
    });
    this.#numbers.set(key, number);
    return number;
  }

  #lose(what: 'full' | 'failed', count: number): void {
    this.#counts[what] += count;
    this.#shed ??= { fromMs: this.#options.clock.nowMs(), full: 0, failed: 0 };
    this.#shed[what] += count;
  }

  /** There is room again: what was not kept is told. */
  #tellShed({ fromMs, full, failed }: Shed, nowMs: number): void {
    this.#shed = undefined;
    if (full > 0) this.#put('loss', nowMs, undefined, lossBody(fromMs, nowMs, 'history', 'full', full));
    if (failed > 0) this.#put('loss', nowMs, undefined, lossBody(fromMs, nowMs, 'history', 'store_failed', failed));
  }

  /** The files are open. While no agent ran, nothing was seen. */
  #ready({ newestMs }: ArchiveState, startedMs: number): void {
    if (newestMs === undefined || newestMs >= startedMs) return;
    this.#put('loss', startedMs, undefined, lossBody(newestMs, startedMs, 'agent', 'not_running', 0));
  }

  /** Whoever asks for that time must not take it for one in which no program was started. */
  #gone({ fromMs, toMs, count }: GoneMarks): void {
    this.#put('loss', this.#options.clock.nowMs(), undefined, lossBody(fromMs, toMs, 'process', 'expired', count));
  }

  #written(count: number, reason: string): void {
    if (reason === '') this.#counts.written += count;
    else this.#lose('failed', count);
  }
}

/** What an entry of kind `loss` says. Pure. */
export function lossBody(fromMs: number, toMs: number, hook: string, reason: string, count: number): object {
  // In this order: see `answer`.
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), hook, reason, count };
}
