import type { Clock } from '../lib/clock.ts';
import { errorText } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { counter, gauge } from '../lib/metrics.ts';
import type { Counter, Gauge, Registry } from '../lib/metrics.ts';
import type { SnapshotArchive, StoredSnapshot } from '../model/snapshot.ts';
import { limits } from '../protocol/limits.ts';
import { parse } from '../protocol/message.ts';
import type { AnswerEnd } from '../protocol/question.ts';
import { snapshotArchiveSchema } from '../protocol/snapshot-schema.ts';
import type { Answering, Inquiry } from './questions.ts';

/** An archive that is coming in. */
interface Receiving {
  readonly offset: number;
  append(bytes: Buffer): Promise<void>;
  finish(nowMs: number): Promise<'stored' | 'damaged'>;
}

/** Where snapshots are kept. */
export interface SnapshotKeep {
  get(id: string): StoredSnapshot | undefined;
  receive(archive: SnapshotArchive): Promise<Receiving>;
  readonly count: number;
  readonly sizeBytes: number;
}

export interface SnapshotIntakeOptions {
  readonly keep: SnapshotKeep;
  readonly inquire: (node: string, inquiry: Inquiry) => Answering;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

const outcomes = ['stored', 'duplicate', 'broken', 'damaged', 'invalid', 'too_large', 'failed'] as const;
type Outcome = (typeof outcomes)[number];

/** Nodes that are asked for theirs at once; the others wait. */
const nodesAtOnce = 2;
/** Of one archive: more than agents make. */
const archiveBytesMax = 256 << 20;
/** Offers that are read of one answer. */
const offersMax = 64;
const shortMs = 10_000;

/**
 * Fetches the snapshots that nodes report to have, one archive of a node at a time, from where it broke off; the node forgets one when it is told that it
 * is stored, or refused for good. Nothing is held in memory but the parts on their way (a window of four).
 */
export class SnapshotIntake {
  readonly #options: SnapshotIntakeOptions;
  readonly #received: Counter<'outcome'>;
  readonly #kept: Gauge;
  readonly #keptBytes: Gauge;
  /** Nodes that reported some, in their order. */
  readonly #due: Set<string> = new Set();
  readonly #busy: Set<string> = new Set();
  #trouble = '';
  #stopped = false;

  constructor(options: SnapshotIntakeOptions) {
    this.#options = options;
    const { registry } = options;
    this.#received = counter(
      registry,
      'anchorwatch_snapshots_received_total',
      'Snapshots that nodes offered, by what became of them; broken: the connection ended, it goes on from there.',
      ['outcome'],
    );
    for (const outcome of outcomes) this.#received.inc({ outcome }, 0);
    this.#kept = gauge(registry, 'anchorwatch_snapshots_kept', 'Snapshots that the collector keeps.');
    this.#keptBytes = gauge(
      registry,
      'anchorwatch_snapshots_kept_bytes',
      'Size of the snapshots that the collector keeps.',
    );
    this.#measure();
  }

  /** A node says how many it has. */
  reported(node: string, waiting: number): void {
    if (waiting === 0) this.#due.delete(node);
    else this.#due.add(node);
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    for (const node of this.#due) {
      if (this.#stopped || this.#busy.size >= nodesAtOnce) return;
      // What it reports meanwhile is asked for when this is over.
      if (this.#busy.has(node)) continue;
      this.#due.delete(node);
      this.#busy.add(node);
      void this.#fetchAll(node).finally(() => {
        this.#busy.delete(node);
        this.#next();
      });
    }
  }

  /** Never rejects: what went wrong is tried again after the node's next report. */
  async #fetchAll(node: string): Promise<void> {
    try {
      const offers: string[] = [];
      await each(this.#options.inquire(node, { what: 'snapshots', args: {}, deadlineMs: shortMs }), async (part) => {
        if (offers.length < offersMax) offers.push(part);
      });
      for (const offer of offers) {
        if (this.#stopped) return;
        const outcome = await this.#fetch(node, offer);
        this.#received.inc({ outcome });
        this.#measure();
        if (outcome === 'broken' || outcome === 'failed') return;
      }
    } catch (error) {
      this.#failed(node, error);
    }
  }

  async #fetch(node: string, offer: string): Promise<Outcome> {
    const { keep, inquire, clock, log } = this.#options;
    let archive: SnapshotArchive;
    try {
      archive = parse(snapshotArchiveSchema, JSON.parse(offer), 'snapshot.invalid', 'the offer of a snapshot');
    } catch (error) {
      log.warn({ node, code: 'snapshot.invalid' }, `a node offers a snapshot that is none: ${errorText(error)}`);
      return 'invalid';
    }
    const { manifest, sizeBytes } = archive;
    const { id } = manifest;
    const known = keep.get(id);
    // A node speaks for itself only.
    if (manifest.node !== node || (known !== undefined && known.manifest.node !== node)) {
      log.warn({ node, snapshot: id, code: 'snapshot.invalid' }, 'a node offers a snapshot of another node');
      await this.#drop(node, id);
      return 'invalid';
    }
    if (known !== undefined) {
      await this.#drop(node, id);
      return 'duplicate';
    }
    if (sizeBytes > archiveBytesMax) {
      log.error(
        { node, snapshot: id, sizeBytes, code: 'snapshot.large' },
        'a snapshot is larger than the collector takes',
      );
      await this.#drop(node, id);
      return 'too_large';
    }
    try {
      const receiving = await keep.receive(archive);
      let { offset } = receiving;
      const end = await each(
        inquire(node, {
          ...{ what: 'snapshot-archive', args: { id, offset }, deadlineMs: limits.questionMs, window: 4 },
        }),
        async (part) => {
          const bytes = Buffer.from(part, 'base64');
          offset += bytes.length;
          // One that sends too much is found out by its hash.
          if (offset <= sizeBytes) await receiving.append(bytes);
        },
      );
      if (end.outcome !== 'done') {
        log.info(
          { node, snapshot: id, offset, outcome: end.outcome },
          'a snapshot came in part; the rest is asked for later',
        );
        return 'broken';
      }
      const outcome = await receiving.finish(clock.nowMs());
      // Of two parts the first may have been another's: once more, from the beginning.
      if (outcome === 'damaged' && receiving.offset > 0) return 'broken';
      await this.#drop(node, id);
      this.#trouble = '';
      if (outcome === 'stored') log.info({ node, snapshot: id, sizeBytes }, 'a snapshot was stored');
      else log.error({ node, snapshot: id, code: 'snapshot.damaged' }, 'a snapshot is not what its node offered');
      return outcome;
    } catch (error) {
      this.#failed(node, error);
      return 'failed';
    }
  }

  /** Tells the node that it may forget one; when that does not arrive, it offers it again and is told again. */
  async #drop(node: string, id: string): Promise<void> {
    await each(this.#options.inquire(node, { what: 'snapshot-drop', args: { id }, deadlineMs: shortMs }));
  }

  #measure(): void {
    this.#kept.set(this.#options.keep.count);
    this.#keptBytes.set(this.#options.keep.sizeBytes);
  }

  /** The same trouble is logged once until it changes. */
  #failed(node: string, error: unknown): void {
    const text = errorText(error);
    if (text !== this.#trouble)
      this.#options.log.error({ err: error, node }, `snapshots cannot be stored, trying again: ${text}`);
    this.#trouble = text;
  }
}

/** Takes every part of an answer; answers how it ended. */
async function each(answering: Answering, take?: (part: string) => Promise<void>): Promise<AnswerEnd> {
  try {
    for (;;) {
      const next = await answering.next();
      if (next.done === true) return next.value;
      await take?.(next.value);
    }
  } finally {
    await answering.return({ outcome: 'stopped', reason: '', summary: {} });
  }
}

/** Asks a node to take a snapshot of a container. Never rejects. @param incident That it belongs to. */
export async function requestSnapshot(
  inquire: (node: string, inquiry: Inquiry) => Answering,
  node: string,
  container: string,
  incident?: string,
): Promise<{
  readonly outcome: 'taking' | 'shed' | 'silent' | 'unsupported' | 'failed';
  readonly id?: string;
  readonly reason?: string;
}> {
  const args = { container, ...(incident === undefined ? {} : { incident }) };
  const { outcome, summary } = await each(inquire(node, { what: 'snapshot', args, deadlineMs: shortMs }));
  if (outcome === 'silent' || outcome === 'unsupported') return { outcome };
  if (outcome === 'busy') return { outcome: 'shed', reason: 'busy' };
  const { outcome: became, id, reason } = summary;
  if (became === 'taking' && typeof id === 'string') return { outcome: 'taking', id };
  return became === 'shed' && typeof reason === 'string' ? { outcome: 'shed', reason } : { outcome: 'failed' };
}
