import { renameSync, statSync } from 'node:fs';
import { AnchorwatchError } from '../lib/errors.ts';
import type { Decision, DecisionOutcome, StoredDecision } from '../model/decision.ts';
import type { StoredIncident } from '../model/incident.ts';
import { AlertTable } from './alert-table.ts';
import type { AlertSchema, ChainEnd } from './alert-table.ts';
import { disputedPath, headPath, readHead, writeHead } from './chain-head.ts';
import { AuditChain } from './audit-chain.ts';
import type { AuditAnchorSchema } from './audit-chain.ts';
import { AuditTable } from './audit-table.ts';
import type { AuditSchema } from './audit-table.ts';
import { ChainTable } from './chain-table.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { ContributionTable } from './contribution-table.ts';
import type { ContributionSchema } from './contribution-table.ts';
import { corrupt, openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { DecisionTable } from './decision-table.ts';
import type { DecisionSchema } from './decision-table.ts';
import { EvidenceTable } from './evidence-table.ts';
import type { EvidenceSchema } from './evidence-table.ts';
import { IncidentTable } from './incident-table.ts';
import type { IncidentSchema } from './incident-table.ts';
import { NodeTable } from './node-table.ts';
import type { NodeSchema } from './node-table.ts';
import { NotificationTable } from './notification-table.ts';
import type { NotificationSchema } from './notification-table.ts';
import { SilenceTable } from './silence-table.ts';
import type { SilenceSchema } from './silence-table.ts';
import { PostureExceptionTable } from './posture-exception-table.ts';
import type { PostureSchema } from './posture-rows.ts';
import { PostureTable } from './posture-table.ts';
import { TokenTable } from './token-table.ts';
import type { TokenSchema } from './token-table.ts';
import { packError } from './thread-message.ts';
import type { ThreadError } from './thread-message.ts';

export interface CollectorSchema
  extends
    AlertSchema,
    IncidentSchema,
    DecisionSchema,
    ContributionSchema,
    NodeSchema,
    TokenSchema,
    AuditSchema,
    AuditAnchorSchema,
    NotificationSchema,
    SilenceSchema,
    EvidenceSchema,
    PostureSchema {}

/** What is known when the file is open. */
export interface OpenReport {
  readonly end: ChainEnd;
  /** What of the chain does not fit the record of its end; undefined when all does. */
  readonly fault: string | undefined;
  /** How much of the file was looked at: `whole`, or `part` when it is too large to be read at a start. */
  readonly checked: 'whole' | 'part';
}

/** What became of a batch of a group. */
export interface BatchResult {
  readonly hashes: readonly (string | undefined)[];
}
export interface GroupResult {
  readonly batches: readonly BatchResult[];
  /** The alert before the first that was stored. */
  readonly before: ChainEnd;
  readonly incidents: readonly StoredIncident[];
}

/** One step of retention: what was removed, and whether there is more to remove. */
export interface RetentionStep {
  readonly alerts: number;
  readonly incidents: number;
  readonly reason: 'age' | 'size' | undefined;
  readonly more: boolean;
}

/** Bounds of what is kept. */
export interface RetentionBounds {
  /** What was stored, or changed last, so long ago is removed. */
  readonly ageMs: number;
  /** With more bytes than this in the file the oldest alerts are removed. */
  readonly sizeBytes: number;
}

/** Files up to this size are read whole at each start; larger ones in their small tables and at their end. */
const wholeCheckBytes = 256 * 1_048_576;
const lastChecked = 1000;
/** Alerts that one step removes: some milliseconds, so that no batch waits long for it. */
const removedAtOnce = 200;
/** Free pages that stay for what comes next, and those that one step gives back. */
const freePagesKept = 256;
const pagesGivenBack = 200;
/** The record of the end is written so often at most. */
const headEveryMs = 1000;

/** The collector's file and its tables, as the thread that writes has them. Every method throws as `Database` does. */
export class CollectorFile {
  readonly nodes: NodeTable;
  readonly contributions: ContributionTable;
  readonly evidence: EvidenceTable;
  readonly tokens: TokenTable;
  readonly audit: AuditTable;
  readonly notifications: NotificationTable;
  readonly silences: SilenceTable;
  readonly posture: PostureTable;
  readonly postureExceptions: PostureExceptionTable;
  readonly #database: Database<CollectorSchema>;
  readonly #alerts: AlertTable;
  readonly #incidents: IncidentTable;
  readonly #decisions: DecisionTable;
  readonly #chain: ChainTable;
  readonly #trail: AuditChain;
  readonly #checked: 'whole' | 'part';
  readonly #fault: string | undefined;
  #headSeq = -1;
  #headMs = 0;
  #removedSeq: number;
  #trailRemovedSeq: number;
  #headTrailSeq = -1;

  constructor(path: string) {
    const database = openDatabase<CollectorSchema>({
      ...{ path, kind: 'collector', migrations: collectorMigrations, synchronous: 'full', shrinks: true },
      ...{ cacheKb: 16_384, checkpointPages: 4000 },
    });
    this.#database = database;
    try {
      this.#checked = this.#check();
      if (this.#checked === 'whole' && !this.#shrinks()) unlessFull(() => database.makeShrinkable());
      this.nodes = new NodeTable(database);
      this.contributions = new ContributionTable(database);
      this.evidence = new EvidenceTable(database);
      this.tokens = new TokenTable(database);
      this.audit = new AuditTable(database);
      this.notifications = new NotificationTable(database);
      this.silences = new SilenceTable(database);
      this.posture = new PostureTable(database);
      this.postureExceptions = new PostureExceptionTable(database);
      this.#alerts = new AlertTable(database);
      this.#incidents = new IncidentTable(database);
      this.#decisions = new DecisionTable(database);
      this.#chain = new ChainTable(database);
      this.#trail = new AuditChain(database);
      this.#removedSeq = this.#chain.anchor().seq;
      this.#trailRemovedSeq = this.#trail.anchor().seq;
      this.#fault = this.#meetHead();
    } catch (error) {
      database.close();
      throw error;
    }
  }

  opened(): OpenReport {
    return { end: this.#alerts.end, fault: this.#fault, checked: this.#checked };
  }

  /**
   * Stores batches in one transaction. When one of them cannot be stored for its own sake, each is stored by itself, and the error stands
   * in the place of its result; when the store cannot write at all, it throws.
   */
  append(batches: readonly (readonly string[])[], nowMs: number): readonly (GroupResult | ThreadError)[] {
    try {
      return [this.#append(batches, nowMs)];
    } catch (error) {
      if (batches.length === 1 || !(error instanceof AnchorwatchError) || error.retryable) throw error;
    }
    return batches.map((batch) => {
      try {
        return this.#append([batch], nowMs);
      } catch (error) {
        return packError(error);
      }
    });
  }

  #append(batches: readonly (readonly string[])[], nowMs: number): GroupResult {
    const storedAt = new Date(nowMs).toISOString();
    const before = this.#alerts.end;
    try {
      const result = this.#database.transaction(() => {
        const appended = batches.map((batch) => this.#alerts.append(batch, storedAt));
        this.#alerts.settle();
        const incidents = this.#incidents.grow(
          appended.flatMap(({ stored }) => stored),
          appended.flatMap(({ repeated }) => repeated),
          { seq: this.#alerts.lastSeq, nowMs },
        );
        return { batches: appended.map(({ hashes }) => ({ hashes })), before, incidents };
      });
      this.#alerts.commit();
      return result;
    } catch (error) {
      this.#alerts.undo();
      throw error;
    }
  }

  closeIncidents(beforeMs: number, nowMs: number): readonly StoredIncident[] {
    // Looked at first, so that the quiet second of every second writes nothing.
    if (!this.#incidents.hasQuiet(beforeMs)) return [];
    return this.#database.transaction(() => this.#incidents.close(beforeMs, { seq: this.#alerts.end.seq, nowMs }));
  }

  openIncidents(): ReturnType<IncidentTable['open']> {
    return this.#incidents.open();
  }

  addDecision(decision: Decision, nodes: readonly string[]): StoredDecision {
    return this.#decisions.add(decision, nodes);
  }

  nextDecision(node: string): Decision | undefined {
    return this.#decisions.next(node);
  }

  settleDecision(node: string, id: string, outcome: DecisionOutcome): void {
    this.#decisions.settle(node, id, outcome);
  }

  forgetNode(name: string): void {
    this.nodes.forget(name);
    this.#decisions.forgetNode(name);
    this.posture.forgetNode(name);
  }

  /** Removes a little of what is too old, or too much. */
  retain({ ageMs, sizeBytes }: RetentionBounds, nowMs: number): RetentionStep {
    const tooOld = new Date(Math.max(0, nowMs - ageMs)).toISOString();
    let reason: RetentionStep['reason'] = 'age';
    let rows = this.#alerts.removable(tooOld, removedAtOnce);
    if (rows.length === 0 && this.#database.sizes().usedBytes > sizeBytes) {
      reason = 'size';
      // Nothing that was stored in this very moment: a bound that is too small must not make a store that keeps nothing.
      rows = this.#alerts.removable(new Date(nowMs - 1000).toISOString(), removedAtOnce);
    }
    const last = rows.at(-1);
    if (last !== undefined) {
      this.#removedSeq = last.seq;
      // Before they are removed: a store whose anchor goes beyond this was not shortened by retention.
      this.#keepHead(nowMs);
      this.#database.transaction(() => this.#alerts.remove(rows, nowMs));
    }
    const incidents = this.#database.transaction(() =>
      this.#incidents.remove(nowMs - ageMs, this.#removedSeq, removedAtOnce),
    );
    const more = rows.length === removedAtOnce || incidents === removedAtOnce;
    return { alerts: rows.length, incidents, reason: rows.length + incidents > 0 ? reason : undefined, more };
  }

  /** Removes a little of the audit trail that is older; how much, and whether there is more. */
  retainAudit(ageMs: number, nowMs: number): { readonly records: number; readonly more: boolean } {
    const rows = this.#trail.removable(nowMs - ageMs);
    const last = rows.at(-1);
    if (last === undefined) return { records: 0, more: false };
    this.#trailRemovedSeq = last.seq;
    this.#keepHead(nowMs);
    this.#database.transaction(() => this.#trail.remove(rows, nowMs));
    return { records: rows.length, more: true };
  }

  /** Gives a little of the free space back to the file system; whether there is more. */
  shrink(): boolean {
    if (!this.#shrinks()) return false;
    const free = (): number => Number(this.#database.pragma('freelist_count')) - freePagesKept;
    if (free() <= 0) return false;
    this.#database.giveBack(Math.min(pagesGivenBack, free()));
    return free() > 0;
  }

  /** Writes down where the chain ends, when it has grown since the last time, and that was a second ago. */
  keepHead(nowMs: number): void {
    if (Math.abs(nowMs - this.#headMs) < headEveryMs || !this.#hasGrown()) return;
    this.#keepHead(nowMs);
  }

  sizes(): { readonly usedBytes: number; readonly freeBytes: number; readonly walBytes: number } {
    const wal = statSync(`${this.#database.path}-wal`, { throwIfNoEntry: false });
    return { ...this.#database.sizes(), walBytes: wal?.size ?? 0 };
  }

  close(): void {
    try {
      if (this.#hasGrown()) this.#keepHead(Date.now());
    } finally {
      this.#database.close();
    }
  }

  /** Since the end of both chains was written down. */
  #hasGrown(): boolean {
    return this.#alerts.end.seq !== this.#headSeq || this.#trail.end().seq !== this.#headTrailSeq;
  }

  #keepHead(nowMs: number): void {
    const { seq, hash } = this.#alerts.end;
    const time = new Date(nowMs).toISOString();
    const audit = { ...this.#trail.end(), removedSeq: this.#trailRemovedSeq };
    writeHead(headPath(this.#database.path), { seq, hash, removedSeq: this.#removedSeq, time, audit });
    if (this.#headSeq === -1)
      this.#database.run(
        this.#database.query.updateTable('chain_anchor').set({ head_kept: 1 }).where('head_kept', '=', 0),
      );
    this.#headSeq = seq;
    this.#headTrailSeq = audit.seq;
    this.#headMs = nowMs;
  }

  /** Compares with what was written down at the last time. What does not fit is kept for `verify`, and a new record begins. */
  #meetHead(): string | undefined {
    const path = headPath(this.#database.path);
    const fault = this.#chain.fits(readHead(path)) ?? this.#trail.fits(readHead(path));
    const disputed = disputedPath(this.#database.path);
    if (fault !== undefined && readHead(disputed) === undefined) {
      if (readHead(path) === undefined)
        writeHead(disputed, { ...this.#alerts.end, removedSeq: this.#removedSeq, time: new Date().toISOString() });
      else renameSync(path, disputed);
    }
    unlessFull(() => this.#keepHead(Date.now()));
    return fault?.detail;
  }

  /** A large file of an earlier release does not: what gets free in it is taken by what comes next. */
  #shrinks(): boolean {
    return Number(this.#database.pragma('auto_vacuum')) === 2;
  }

  #check(): 'whole' | 'part' {
    const { usedBytes, freeBytes } = this.#database.sizes();
    if (usedBytes + freeBytes <= wholeCheckBytes) {
      const found = this.#database.pragma('quick_check(1)');
      if (found !== 'ok') throw corrupt(this.#database.path, String(found));
      return 'whole';
    }
    for (const table of ['facets', 'incidents', 'nodes', 'decisions', 'chain_anchor']) {
      const found = this.#database.pragma(`quick_check(${table})`);
      if (found !== 'ok') throw corrupt(this.#database.path, String(found));
    }
    this.#database
      .statement('SELECT sum(length(alert)) FROM (SELECT alert FROM alerts ORDER BY seq DESC LIMIT ?)')
      .all(lastChecked);
    return 'part';
  }
}

/** A full disk is no reason not to serve what is there: what could not be written is tried again, at the next alert or start. */
function unlessFull(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AnchorwatchError) || !error.retryable) throw error;
  }
}
