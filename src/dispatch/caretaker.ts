import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { AlertSource } from './courier.ts';
import { resolve } from './group.ts';
import type { Group } from './group.ts';
import type { Ledger } from './ledger.ts';
import { escalationsDue } from './progress.ts';
import { hasNews, lostRecord } from './records.ts';
import type { Silences } from './silences.ts';

/** What a receiver that is gone was to be told is kept for so long: a renaming is put right sooner. */
const orphanMs = 3_600_000;

export interface CaretakerOptions {
  readonly ledger: Ledger;
  readonly alerts: AlertSource;
  readonly silences: Silences;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What becomes of groups by time alone. Every method rejects as the ledger does, and answers the groups that it changed. */
export class Caretaker {
  readonly #options: CaretakerOptions;

  constructor(options: CaretakerOptions) {
    this.#options = options;
  }

  /** Tells others of what nobody acknowledged. */
  async escalate(): Promise<readonly Group[]> {
    const { ledger, clock, silences, log } = this.#options;
    let put: readonly Group[] = [];
    await ledger.change(() => {
      const nowMs = clock.nowMs();
      put = escalationsDue(ledger.all(), {
        nowMs,
        exists: (receiver, key) => ledger.get(receiver, key) !== undefined,
        silenced: ({ last }) => silences.holding(last, nowMs) !== undefined,
      });
      return put.length === 0 ? undefined : { put };
    });
    for (const { receiver, key, escalated } of put)
      if (escalated) log.info({ receiver, dedupKey: key }, 'nobody acknowledged: escalated');
    return put;
  }

  /** Ends groups whose incidents were closed while nobody listened, or are not there any more. */
  async reconcile(): Promise<readonly Group[]> {
    const { ledger, alerts, clock } = this.#options;
    const groups = ledger.all().filter(({ state }) => state !== 'resolved');
    const over = new Map<string, number>();
    for (const id of new Set(groups.map(({ incident }) => incident))) {
      if (id === undefined) continue;
      const incident = await alerts.incident(id);
      // One that is not there was removed for its age.
      if (incident?.state !== 'open') over.set(id, incident?.seq ?? Infinity);
    }
    let put: readonly Group[] = [];
    await ledger.change(() => {
      const nowMs = clock.nowMs();
      put = ledger
        .all()
        .filter(({ state }) => state !== 'resolved')
        // What came after an incident was closed has opened it again.
        .filter(({ incident, lastSeq }) => incident !== undefined && lastSeq <= (over.get(incident) ?? -1))
        .map((group) => resolve(group, 'closed', nowMs));
      return put.length === 0 ? undefined : { put };
    });
    return put;
  }

  /** Gives up what waits for receivers that have been gone for long. @param isThere Whether a receiver is in the routes. */
  async bury(isThere: (receiver: string) => boolean): Promise<void> {
    const { ledger, clock, log } = this.#options;
    await ledger.change(() => {
      const nowMs = clock.nowMs();
      const remove = ledger
        .receivers()
        .filter((name) => !isThere(name))
        .flatMap((name) => ledger.of(name))
        .filter(({ lastMs, stateMs }) => Math.max(lastMs, stateMs) < nowMs - orphanMs);
      const records = remove.filter(hasNews).map((group) => lostRecord(group, nowMs));
      for (const { receiver, dedupKey } of records)
        log.error({ receiver, dedupKey }, 'a notification was given up: its receiver is not in the routes file');
      return remove.length === 0 ? undefined : { remove, records };
    });
  }
}
