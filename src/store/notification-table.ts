import type { NotificationRecord } from '../model/notification-record.ts';
import type { Database } from './database.ts';

export interface NotificationSchema {
  notification_groups: { receiver: string; key: string; body: string };
  notifications: { seq: number; time_ms: number; receiver: string; state: string; record: string };
  dispatched: { one: number; seq: number | null; decided_ms: number };
}

/** What one step of dispatch changes. */
export interface NotificationChanges {
  /** `seq` of the last alert that was dispatched. */
  readonly seq?: number | undefined;
  /** When the last decision was made that was dispatched, milliseconds since the epoch. */
  readonly decidedMs?: number | undefined;
  readonly put: readonly { readonly receiver: string; readonly key: string; readonly body: string }[];
  readonly remove: readonly { readonly receiver: string; readonly key: string }[];
  readonly records: readonly NotificationRecord[];
}

/** Records that are kept; beyond them the oldest are removed. */
const recordsMax = 20_000;
/** What was sent so long ago is of no rate limit's interest any more. */
const recentMs = 86_400_000;

/** What receivers were told, and what they are to be told. */
export class NotificationTable {
  readonly #database: Database<NotificationSchema>;

  constructor(database: Database<NotificationSchema>) {
    this.#database = database;
  }

  async load(): Promise<{
    readonly seq: number | undefined;
    readonly decidedMs: number;
    readonly groups: readonly string[];
    readonly sent: readonly { readonly receiver: string; readonly timeMs: number }[];
  }> {
    const { query } = this.#database;
    const at = this.#database.first(query.selectFrom('dispatched').selectAll());
    const last = this.#database.first(
      query.selectFrom('notifications').select('time_ms').orderBy('seq', 'desc').limit(1),
    );
    const sent = this.#database.all(
      query
        .selectFrom('notifications')
        .select(['receiver', 'time_ms'])
        .where('state', '=', 'sent')
        .where('time_ms', '>', (last?.time_ms ?? 0) - recentMs)
        .orderBy('seq'),
    );
    return {
      seq: at?.seq ?? undefined,
      decidedMs: at?.decided_ms ?? 0,
      groups: this.#database.all(query.selectFrom('notification_groups').select('body')).map(({ body }) => body),
      sent: sent.map(({ receiver, time_ms: timeMs }) => ({ receiver, timeMs })),
    };
  }

  /** All of it, or none; durable when it resolves. */
  async save({ seq, decidedMs, put, remove, records }: NotificationChanges): Promise<void> {
    const { query } = this.#database;
    this.#database.transaction(() => {
      for (const row of put)
        this.#database.run(
          query
            .insertInto('notification_groups')
            .values(row)
            .onConflict((conflict) => conflict.columns(['receiver', 'key']).doUpdateSet({ body: row.body })),
        );
      for (const { receiver, key } of remove)
        this.#database.run(
          query.deleteFrom('notification_groups').where('receiver', '=', receiver).where('key', '=', key),
        );
      if (seq !== undefined || decidedMs !== undefined)
        this.#database.run(
          query
            .insertInto('dispatched')
            .values({ one: 1, seq: seq ?? null, decided_ms: decidedMs ?? 0 })
            .onConflict((conflict) =>
              conflict.column('one').doUpdateSet({
                ...(seq === undefined ? {} : { seq }),
                ...(decidedMs === undefined ? {} : { decided_ms: decidedMs }),
              }),
            ),
        );
      for (const record of records) this.#add(record);
    });
  }

  /** Nothing is dispatched any more: what waits is dropped, and who starts again starts with what comes then. */
  async forget(): Promise<number> {
    const { query } = this.#database;
    return this.#database.transaction(() => {
      this.#database.run(query.deleteFrom('dispatched'));
      return this.#database.run(query.deleteFrom('notification_groups'));
    });
  }

  /** What was sent or given up, the latest first. */
  async list({
    receiver,
    state,
    sinceMs,
    limit,
  }: {
    readonly receiver?: string | undefined;
    readonly state?: 'sent' | 'failed' | undefined;
    readonly sinceMs?: number | undefined;
    readonly limit: number;
  }): Promise<readonly NotificationRecord[]> {
    let query = this.#database.query.selectFrom('notifications').select('record').orderBy('seq', 'desc').limit(limit);
    if (receiver !== undefined) query = query.where('receiver', '=', receiver);
    if (state !== undefined) query = query.where('state', '=', state);
    if (sinceMs !== undefined) query = query.where('time_ms', '>=', sinceMs);
    // Written below, as it is read here.
    return this.#database.all(query).map(({ record }) => JSON.parse(record) as NotificationRecord);
  }

  #add(record: NotificationRecord): void {
    const { query } = this.#database;
    const last = this.#database.first(query.selectFrom('notifications').select('seq').orderBy('seq', 'desc').limit(1));
    const seq = (last?.seq ?? 0) + 1;
    const { receiver, state, time } = record;
    this.#database.run(
      query
        .insertInto('notifications')
        .values({ seq, receiver, state, time_ms: Date.parse(time), record: JSON.stringify(record) }),
    );
    this.#database.run(query.deleteFrom('notifications').where('seq', '<=', seq - recordsMax));
  }
}
