import type { Alert, StoredAlert } from '../model/alert.ts';
import type { StoredIncident } from '../model/incident.ts';
import { canonicalAlert } from './chain.ts';
import type { GroupResult } from './collector-file.ts';
import { unpackError } from './thread-message.ts';
import type { ThreadError } from './thread-message.ts';

/** Writes batches of canonical texts in one transaction; see `CollectorFile.append`. */
type GroupWriter = (
  batches: readonly (readonly string[])[],
  nowMs: number,
) => Promise<readonly (GroupResult | ThreadError)[]>;

/** Reads alerts of the log after `seq`, with the incidents they are in. */
export type GapReader = (
  seq: number,
  count: number,
) => Promise<Pick<AppendResult, 'incidents'> & { readonly alerts: readonly StoredAlert[] }>;

export interface AppendResult {
  /** In the order of the log. First those, of whatever batch, that were stored before without anybody being told: the thread that wrote them died. */
  readonly stored: readonly StoredAlert[];
  /** Alerts of the batch that were stored before. */
  readonly duplicate: number;
  readonly incidents: readonly StoredIncident[];
}

interface Batch {
  readonly alerts: readonly Alert[];
  readonly texts: readonly string[];
  readonly nowMs: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Alerts in one transaction: some tens of milliseconds of work. */
const groupAlerts = 2000;
/** Alerts of a gap that are read at once. */
const gapAlerts = 2000;
/** One group is written while the next is on its way, so that the writing thread need not wait for this one. */
const groupsAtOnce = 2;

/**
 * Group commit (DeWitt et al. 1984, "Implementation techniques for main memory database systems"): batches that come while others are being
 * written wait, and share the next transaction and its wait for the disk. Under little load each batch has its own, and waits for nothing.
 * What waits is bounded by the agents, each of which sends its next batch when this one is acknowledged.
 */
export class CommitGroups {
  readonly #write: GroupWriter;
  #waiting: Batch[] = [];
  #atWork = 0;
  #lastSeq: number;
  readonly #gap: GapReader | undefined;
  /** Groups are told one after the other. */
  #telling: Promise<void> = Promise.resolve();

  /** @param gap Where what a thread stored that died before it could say so is read again. */
  constructor(write: GroupWriter, lastSeq: number, gap?: GapReader) {
    this.#write = write;
    this.#lastSeq = lastSeq;
    this.#gap = gap;
  }

  /** `seq` of the last alert of which somebody was told that it is stored. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  append(alerts: readonly Alert[], nowMs: number): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ alerts, texts: alerts.map(canonicalAlert), nowMs, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#atWork >= groupsAtOnce || this.#waiting.length === 0) return;
    let [end, alerts] = [0, 0];
    for (const batch of this.#waiting) {
      if (end > 0 && alerts + batch.alerts.length > groupAlerts) break;
      alerts += batch.alerts.length;
      end += 1;
    }
    const group = this.#waiting.splice(0, end);
    this.#atWork += 1;
    void this.#commit(group).finally(() => {
      this.#atWork -= 1;
      this.#next();
    });
  }

  async #commit(group: readonly Batch[]): Promise<void> {
    try {
      const results = await this.#write(
        group.map(({ texts }) => texts),
        group.at(-1)?.nowMs ?? 0,
      );
      const nowMs = group.at(-1)?.nowMs ?? 0;
      const told = this.#tellInTurn(this.#telling, group, results, nowMs);
      this.#telling = told.catch(() => undefined);
      await told;
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async #tellInTurn(
    before: Promise<void>,
    group: readonly Batch[],
    results: readonly (GroupResult | ThreadError)[],
    nowMs: number,
  ): Promise<void> {
    await before;
    // One result for the group, or, when one of its batches spoilt that, one for each batch.
    if (results.length === 1) await this.#tell(group, results[0], nowMs);
    else for (const [index, batch] of group.entries()) await this.#tell([batch], results[index], nowMs);
  }

  /** Rejects when what was stored before cannot be read: the next group looks for it again, and for this one. */
  async #tell(group: readonly Batch[], result: GroupResult | ThreadError | undefined, nowMs: number): Promise<void> {
    if (result === undefined || 'code' in result) {
      for (const { reject } of group)
        reject(result === undefined ? new Error('no answer for a batch') : unpackError(result));
      return;
    }
    const missed = await this.#missed(result.before.seq);
    const storedAt = new Date(nowMs).toISOString();
    let { seq, hash: previousHash } = result.before;
    for (const [index, { alerts, resolve }] of group.entries()) {
      const hashes = result.batches[index]?.hashes ?? [];
      const stored: StoredAlert[] = index === 0 ? [...missed.alerts] : [];
      let duplicate = 0;
      for (const [position, alert] of alerts.entries()) {
        const hash = hashes[position];
        if (hash === undefined) {
          duplicate += 1;
          continue;
        }
        seq += 1;
        stored.push({ ...alert, seq, storedAt, hash, previousHash });
        previousHash = hash;
      }
      this.#lastSeq = seq;
      const changed = index === group.length - 1 ? result.incidents : [];
      const ids = new Set(result.incidents.map(({ id }) => id));
      const incidents = index === 0 ? [...missed.incidents.filter(({ id }) => !ids.has(id)), ...changed] : changed;
      resolve({ stored, duplicate, incidents });
    }
  }

  /** What is in the log up to `seq`, and nobody was told of. */
  async #missed(seq: number): ReturnType<GapReader> {
    const alerts: StoredAlert[] = [];
    const incidents = new Map<string, StoredIncident>();
    for (let from = this.#lastSeq; from < seq && this.#gap !== undefined;) {
      const page = await this.#gap(from, Math.min(gapAlerts, seq - from));
      const last = page.alerts.at(-1);
      // Removed since then, for its age.
      if (last === undefined) break;
      alerts.push(...page.alerts);
      for (const incident of page.incidents) incidents.set(incident.id, incident);
      from = last.seq;
    }
    return { alerts, incidents: [...incidents.values()] };
  }
}
