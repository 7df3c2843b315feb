import type { Generated } from 'kysely';
import { severities } from '../model/alert.ts';
import type { Alert } from '../model/alert.ts';
import { alertSchema } from '../protocol/alert-schema.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { outboxMigrations } from './outbox-migrations.ts';

interface OutboxSchema {
  outbox: {
    position: Generated<number>;
    id: string;
    severity: number;
    revision: number;
    refused: number;
    alert: string;
    container: string;
    bytes: number;
    urgency: number;
    kept_ms: number;
  };
  outbox_clock: { id: number; ran_ms: number };
}

/** An alert that waits, and which copy of it. */
export interface WaitingAlert {
  readonly alert: Alert;
  /** Grows when the alert is replaced by a later copy of itself. */
  readonly revision: number;
}

/** An alert that is gone undelivered: the file was full (`size`), or it had waited too long (`age`). */
export interface DroppedAlert {
  readonly alert: Alert;
  readonly reason: 'size' | 'age';
}

export interface OutboxBounds {
  /** Bytes of alerts as JSON; over it, the oldest of the lowest severity make room, refused ones first. */
  readonly sizeBytesMax: number;
  /** Milliseconds that an alert may wait, counted while the agent runs: a clock that is set drops nothing. */
  readonly ageMsMax: number;
  /** Milliseconds from any point, never going back. Default: those of this process. */
  readonly monotonicMs?: () => number;
}

/** What a row takes besides its alert, indexes included, bytes. */
const rowBytes = 256;
/** Rows that are dropped for their age in one transaction. */
const expireRows = 500;
/** The clock that ages are counted by is behind by at most this after a kill. */
const saveClockMs = 60_000;

/**
 * The agent's durable queue of alerts, one row for each id, bounded by bytes and by age. The most severe go out first; within a container
 * alerts keep their order, so what waits before a severe alert of the same container goes with it. Throws as `Database` does.
 */
export class OutboxStore {
  readonly #database: Database<OutboxSchema>;
  readonly #bounds: OutboxBounds;
  readonly #monotonicMs: () => number;
  readonly #startMs: number;
  /** How long agents had run with this file before this one, milliseconds. */
  readonly #ranMs: number;
  #savedMs: number;
  #rows: number;
  #bytes: number;
  #damaged = 0;

  /** @param path SQLite file. */
  constructor(path: string, bounds: OutboxBounds) {
    this.#bounds = bounds;
    this.#monotonicMs = bounds.monotonicMs ?? (() => performance.now());
    this.#startMs = this.#monotonicMs();
    this.#database = openDatabase<OutboxSchema>({
      path,
      kind: 'outbox',
      migrations: outboxMigrations,
      synchronous: 'full',
      check: true,
    });
    const { query } = this.#database;
    const sums = this.#database.first(
      query
        .selectFrom('outbox')
        .select((e) => [e.fn.countAll<number>().as('rows'), e.fn.sum<number>('bytes').as('bytes')]),
    );
    this.#rows = sums?.rows ?? 0;
    this.#bytes = (sums?.bytes ?? 0) + this.#rows * rowBytes;
    this.#ranMs = this.#database.first(query.selectFrom('outbox_clock').select('ran_ms'))?.ran_ms ?? 0;
    this.#savedMs = this.#ranMs;
  }

  /** Keeps all of them or none, durably when it returns. Answers how many rows there are and which alerts had to make room. */
  put(...alerts: readonly Alert[]): { readonly depth: number; readonly dropped: readonly DroppedAlert[] } {
    const result = this.#database.transaction(() => {
      let [rows, bytes] = [this.#rows, this.#bytes];
      const dropped: DroppedAlert[] = [];
      for (const alert of alerts) {
        const put = this.#put(alert, rows, bytes);
        [rows, bytes] = [put.rows, put.bytes];
        dropped.push(...put.dropped);
      }
      return { rows, bytes, dropped };
    });
    [this.#rows, this.#bytes] = [result.rows, result.bytes];
    return { depth: this.#rows, dropped: result.dropped };
  }

  #put(alert: Alert, rowsBefore: number, bytesBefore: number): Room {
    const text = JSON.stringify(alert);
    const severity = severities.indexOf(alert.severity);
    const values = { severity, alert: text, bytes: Buffer.byteLength(text) };
    const { query } = this.#database;
    const before = this.#database.first(
      query.selectFrom('outbox').select(['position', 'bytes']).where('id', '=', alert.id),
    );
    let [rows, bytes] = [rowsBefore, bytesBefore + values.bytes - (before?.bytes ?? 0)];
    if (before === undefined) {
      [rows, bytes] = [rows + 1, bytes + rowBytes];
      this.#database.run(
        query.insertInto('outbox').values({
          ...{ ...values, id: alert.id, revision: 1, refused: 0, container: alert.container.id },
          ...{ urgency: severity, kept_ms: this.#nowMs() },
        }),
      );
    } else {
      const changes = query.updateTable('outbox').set((e) => ({
        ...values,
        revision: e('revision', '+', 1),
        refused: 0,
        urgency: e.fn('max', ['urgency', e.val(severity)]),
      }));
      this.#database.run(changes.where('id', '=', alert.id));
    }
    this.#hurry(alert.container.id, severity, before?.position ?? Number.MAX_SAFE_INTEGER);
    return this.#makeRoom(rows, bytes);
  }

  /** What goes out next, of what waits and was not refused; first, what has waited too long is dropped. */
  next(limit: number): {
    readonly waiting: readonly WaitingAlert[];
    readonly depth: number;
    readonly dropped: readonly DroppedAlert[];
    /** Rows so far that held no alert, and were deleted. */
    readonly damaged: number;
  } {
    const dropped = this.#expire();
    let waiting = this.#waiting(limit);
    // Rows that are damaged must not hold up the others.
    for (let bad = damagedOf(waiting); bad.length > 0 && this.#remove(bad); bad = damagedOf(waiting))
      waiting = this.#waiting(limit);
    const sound = waiting.flatMap(({ alert, revision }) => (alert === undefined ? [] : [{ alert, revision }]));
    return { waiting: sound, depth: this.#rows, dropped, damaged: this.#damaged };
  }

  /** `sent`: forgets these copies (a later copy of the same alert stays). `refused`: sets them aside, kept but not sent again. */
  settle(waiting: readonly WaitingAlert[], outcome: 'sent' | 'refused'): { readonly depth: number } {
    const { query } = this.#database;
    const gone = this.#database.transaction(() => {
      let [rows, bytes] = [0, 0];
      for (const { alert, revision } of waiting) {
        if (outcome === 'refused') {
          const aside = query.updateTable('outbox').set({ refused: 1 });
          this.#database.run(aside.where('id', '=', alert.id).where('revision', '=', revision));
          continue;
        }
        const sent = query.deleteFrom('outbox').where('id', '=', alert.id).where('revision', '=', revision);
        const row = this.#database.first(sent.returning('bytes'));
        if (row !== undefined) [rows, bytes] = [rows + 1, bytes + row.bytes + rowBytes];
      }
      return { rows, bytes };
    });
    this.#rows -= gone.rows;
    this.#bytes -= gone.bytes;
    return { depth: this.#rows };
  }

  close(): void {
    try {
      this.#saveClock();
    } catch {
      // Only the ages of what waits depend on it: on a disk that is full they stay a little younger.
    }
    this.#database.close();
  }

  #waiting(limit: number): readonly (Row & { readonly revision: number; readonly alert: Alert | undefined })[] {
    const query = this.#database.query
      .selectFrom('outbox')
      .select(['position', 'id', 'alert', 'bytes', 'revision'])
      .where('refused', '=', 0)
      .orderBy('urgency', 'desc')
      .orderBy('position')
      .limit(limit);
    return this.#database.all(query).map((row) => ({ ...row, alert: alertOf(row) }));
  }

  /** Deletes rows, on a disk that is full later. Answers whether it did; those without an alert are counted. */
  #remove(rows: readonly (Row & { readonly alert: Alert | undefined })[]): boolean {
    const { query } = this.#database;
    try {
      this.#database.transaction(() => {
        this.#saveClock();
        for (const { position } of rows)
          this.#database.run(query.deleteFrom('outbox').where('position', '=', position));
      });
    } catch {
      return false;
    }
    this.#rows -= rows.length;
    for (const { bytes, alert } of rows) {
      this.#bytes -= bytes + rowBytes;
      if (alert === undefined) this.#damaged += 1;
    }
    return true;
  }

  /** How long agents have run with this file, milliseconds. */
  #nowMs(): number {
    return Math.round(this.#ranMs + this.#monotonicMs() - this.#startMs);
  }

  #saveClock(): void {
    this.#database.run(this.#database.query.updateTable('outbox_clock').set({ ran_ms: this.#nowMs() }));
    this.#savedMs = this.#nowMs();
  }

  /** What waits before a severe alert of the same container is as urgent as the alert. */
  #hurry(container: string, severity: number, position: number): void {
    this.#database.run(
      this.#database.query
        .updateTable('outbox')
        .set({ urgency: severity })
        .where('container', '=', container)
        .where('position', '<', position)
        .where('urgency', '<', severity),
    );
  }

  #makeRoom(rows: number, bytes: number): Room {
    const { query } = this.#database;
    const least = query
      .selectFrom('outbox')
      .select(['position', 'id', 'alert', 'bytes'])
      .orderBy('refused', 'desc')
      .orderBy('severity')
      .orderBy('position')
      .limit(1);
    const dropped: DroppedAlert[] = [];
    let [rowsLeft, bytesLeft] = [rows, bytes];
    while (bytesLeft > this.#bounds.sizeBytesMax && rowsLeft > 1) {
      const row = this.#database.first(least);
      if (row === undefined) break;
      this.#database.run(query.deleteFrom('outbox').where('position', '=', row.position));
      [rowsLeft, bytesLeft] = [rowsLeft - 1, bytesLeft - row.bytes - rowBytes];
      const alert = alertOf(row);
      if (alert === undefined) this.#damaged += 1;
      else dropped.push({ alert, reason: 'size' });
    }
    return { rows: rowsLeft, bytes: bytesLeft, dropped };
  }

  /** A disk that is full must not keep what waits from being read: what could not be dropped is dropped later. */
  #expire(): readonly DroppedAlert[] {
    const nowMs = this.#nowMs();
    const old = this.#database.query
      .selectFrom('outbox')
      .select(['position', 'id', 'alert', 'bytes'])
      .where('kept_ms', '<', nowMs - this.#bounds.ageMsMax)
      .orderBy('kept_ms')
      .limit(expireRows);
    const rows = this.#database.all(old).map((row) => ({ ...row, alert: alertOf(row) }));
    if (rows.length === 0 && nowMs - this.#savedMs < saveClockMs) return [];
    if (!this.#remove(rows)) return [];
    return rows.flatMap(({ alert }) => (alert === undefined ? [] : [{ alert, reason: 'age' as const }]));
  }
}

/** What there is after alerts had to make room. */
interface Room {
  readonly rows: number;
  readonly bytes: number;
  readonly dropped: readonly DroppedAlert[];
}

interface Row {
  readonly position: number;
  readonly bytes: number;
}

function damagedOf<One extends { readonly alert: Alert | undefined }>(rows: readonly One[]): readonly One[] {
  return rows.filter(({ alert }) => alert === undefined);
}

/** The alert of a row; undefined when the row was damaged, and is of another alert or of none. */
function alertOf(row: { readonly id: string; readonly alert: string }): Alert | undefined {
  try {
    const { success, data } = alertSchema.safeParse(JSON.parse(row.alert));
    return success && data.id === row.id ? data : undefined;
  } catch {
    return undefined;
  }
}
