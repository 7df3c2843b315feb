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

export interface AppendResult {
  readonly stored: readonly StoredAlert[];
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

  constructor(write: GroupWriter, lastSeq: number) {
    this.#write = write;
    this.#lastSeq = lastSeq;
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
      // One result for the group, or, when one of its batches spoilt that, one for each batch.
      if (results.length === 1) this.#tell(group, results[0], nowMs);
      else for (const [index, batch] of group.entries()) this.#tell([batch], results[index], nowMs);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  #tell(group: readonly Batch[], result: GroupResult | ThreadError | undefined, nowMs: number): void {
    if (result === undefined || 'code' in result) {
      for (const { reject } of group)
        reject(result === undefined ? new Error('no answer for a batch') : unpackError(result));
      return;
    }
    const storedAt = new Date(nowMs).toISOString();
    let { seq, hash: previousHash } = result.before;
    for (const [index, { alerts, resolve }] of group.entries()) {
      const hashes = result.batches[index]?.hashes ?? [];
      const stored: StoredAlert[] = [];
      for (const [position, alert] of alerts.entries()) {
        const hash = hashes[position];
        if (hash === undefined) continue;
        seq += 1;
        stored.push({ ...alert, seq, storedAt, hash, previousHash });
        previousHash = hash;
      }
      this.#lastSeq = seq;
      const incidents = index === group.length - 1 ? result.incidents : [];
      resolve({ stored, duplicate: alerts.length - stored.length, incidents });
    }
  }
}
