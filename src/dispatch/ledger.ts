import type { NotificationRecord } from '../model/notification-record.ts';
import type { Group } from './group.ts';

/** Where it is kept what receivers were told, and what waits. */
export interface NotificationBook {
  load(): Promise<{
    /** `seq` of the last alert that was dispatched; undefined: none ever was. */
    readonly seq: number | undefined;
    /** When the last decision was made that was dispatched. */
    readonly decidedMs: number;
    /** Groups, as JSON. */
    readonly groups: readonly string[];
    /** What was sent last, the latest last. */
    readonly sent: readonly { readonly receiver: string; readonly timeMs: number }[];
  }>;
  /** All of it, or none; durable when it resolves. */
  save(changes: BookChanges): Promise<void>;
  /** What was sent or given up, the latest first. */
  list(query: RecordQuery): Promise<readonly NotificationRecord[]>;
}

export interface BookChanges {
  readonly seq?: number | undefined;
  readonly decidedMs?: number | undefined;
  readonly put: readonly { readonly receiver: string; readonly key: string; readonly body: string }[];
  readonly remove: readonly { readonly receiver: string; readonly key: string }[];
  readonly records: readonly NotificationRecord[];
}

export interface RecordQuery {
  readonly receiver?: string | undefined;
  readonly state?: 'sent' | 'failed' | undefined;
  readonly sinceMs?: number | undefined;
  readonly limit: number;
}

/** What a change makes of the groups. */
export interface GroupChanges {
  readonly seq?: number | undefined;
  readonly decidedMs?: number | undefined;
  readonly put?: readonly Group[];
  readonly remove?: readonly Group[];
  readonly records?: readonly NotificationRecord[];
}

/**
 * The groups of all receivers: in memory, and in the book before that. Changes are made one after the other, each of the groups as they are
 * then; one that cannot be written is not made, and rejects.
 */
export class Ledger {
  readonly #book: NotificationBook;
  readonly #groups = new Map<string, Map<string, Group>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(book: NotificationBook) {
    this.#book = book;
  }

  /** Reads what was left; once, before anything else. */
  async load(): Promise<Omit<Awaited<ReturnType<NotificationBook['load']>>, 'groups'>> {
    const { groups, ...rest } = await this.#book.load();
    // Written by this program; what an earlier release left out is optional.
    for (const text of groups) this.#set(JSON.parse(text) as Group);
    return rest;
  }

  get(receiver: string, key: string): Group | undefined {
    return this.#groups.get(receiver)?.get(key);
  }

  of(receiver: string): readonly Group[] {
    return [...(this.#groups.get(receiver)?.values() ?? [])];
  }

  count(receiver: string): number {
    return this.#groups.get(receiver)?.size ?? 0;
  }

  all(): readonly Group[] {
    return [...this.#groups.values()].flatMap((groups) => [...groups.values()]);
  }

  /** The receivers that there are groups of. */
  receivers(): readonly string[] {
    return [...this.#groups].filter(([, groups]) => groups.size > 0).map(([receiver]) => receiver);
  }

  /** Makes a change of the groups as they are when it is its turn. Nothing to change is not written. */
  change(work: () => GroupChanges | undefined): Promise<void> {
    const run = async (): Promise<void> => {
      const changes = work();
      if (changes === undefined) return;
      const { put = [], remove = [], records = [], seq, decidedMs } = changes;
      await this.#book.save({
        ...{ seq, decidedMs, records },
        put: put.map((group) => ({ receiver: group.receiver, key: group.key, body: JSON.stringify(group) })),
        remove: remove.map(({ receiver, key }) => ({ receiver, key })),
      });
      for (const group of put) this.#set(group);
      for (const { receiver, key } of remove) this.#groups.get(receiver)?.delete(key);
    };
    const made = this.#last.then(run);
    this.#last = made.catch(() => undefined);
    return made;
  }

  /** Resolves when every change that was asked for is made, or was not. */
  async settled(): Promise<void> {
    await this.#last;
  }

  #set(group: Group): void {
    const groups = this.#groups.get(group.receiver) ?? new Map<string, Group>();
    this.#groups.set(group.receiver, groups);
    groups.set(group.key, group);
  }
}
