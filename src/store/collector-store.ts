import type { Alert, Severity, StoredAlert } from '../model/alert.ts';
import type { ChainFault, ChainPosition, ChainProgress } from '../model/chain.ts';
import type { Decision, DecisionOutcome, StoredDecision } from '../model/decision.ts';
import type { StoredIncident } from '../model/incident.ts';
import type { AlertCounts, CountFilter } from './alert-counts.ts';
import type { AlertFilter } from './alert-reader.ts';
import type { CollectorFile, OpenReport, RetentionBounds, RetentionStep } from './collector-file.ts';
import type { CollectorReader } from './collector-reader.ts';
import { CommitGroups } from './commit-groups.ts';
import type { AppendResult, GapReader } from './commit-groups.ts';
import type { AuditTable } from './audit-table.ts';
import type { ContributionTable } from './contribution-table.ts';
import { Contributions } from './contributions.ts';
import type { DecisionFilter } from './decision-table.ts';
import type { EvidenceTable } from './evidence-table.ts';
import { IncidentEvidence } from './incident-evidence.ts';
import type { IncidentFilter } from './incident-table.ts';
import type { NodeRecord, NodeTable } from './node-table.ts';
import type { NotificationTable } from './notification-table.ts';
import type { SilenceTable } from './silence-table.ts';
import type { PostureExceptionTable } from './posture-exception-table.ts';
import type { PostureReader } from './posture-reader.ts';
import type { VulnerabilityReader } from './vulnerability-reader.ts';
import type { PostureTable } from './posture-table.ts';
import { StoreInPlace } from './store-in-place.ts';
import { StoreThread } from './store-thread.ts';
import type { Remote, StoreHost } from './store-thread.ts';
import type { TokenTable } from './token-table.ts';

/** The thread that answers questions ends when none came for so long. */
const readerIdleMs = 60_000;
/** Alerts of the chain that are checked before another question is answered. */
const checkedAtOnce = 5000;

/**
 * What the collector keeps: the log of alerts (`seq` from 1 without gaps, hash chain), incidents, decisions, nodes. One thread writes; another
 * one answers questions, so that neither waits for the other. Methods reject as `Database` throws, and with `store.thread`.
 */
export class CollectorStore {
  /** What nodes learned, for the other nodes. */
  readonly contributions: Contributions;
  /** The history around incidents. */
  readonly evidence: IncidentEvidence;
  /** Who may ask. */
  readonly tokens: Remote<TokenTable>;
  /** Who changed what. */
  readonly audit: Remote<AuditTable>;
  /** What receivers were told, and what waits. */
  readonly notifications: Remote<NotificationTable>;
  readonly silences: Remote<SilenceTable>;
  /** What the checks of practices say. */
  readonly posture: Remote<PostureTable>;
  readonly postureReader: Remote<PostureReader>;
  readonly vulnerabilities: Remote<VulnerabilityReader>;
  readonly postureExceptions: Remote<PostureExceptionTable>;
  /** What was found when the file was opened. */
  readonly opened: OpenReport;
  readonly #writing: StoreHost;
  readonly #reading: StoreHost;
  readonly #file: Remote<CollectorFile>;
  readonly #nodes: Remote<NodeTable>;
  readonly #reader: Remote<CollectorReader>;
  readonly #groups: CommitGroups;

  private constructor(writing: StoreHost, reading: StoreHost, opened: OpenReport) {
    this.opened = opened;
    this.#writing = writing;
    this.#reading = reading;
    this.#file = writing.remote<CollectorFile>();
    this.#nodes = writing.remote<NodeTable>('nodes');
    this.contributions = new Contributions(writing.remote<ContributionTable>('contributions'));
    this.evidence = new IncidentEvidence(writing.remote<EvidenceTable>('evidence'));
    this.tokens = writing.remote<TokenTable>('tokens');
    this.audit = writing.remote<AuditTable>('audit');
    this.notifications = writing.remote<NotificationTable>('notifications');
    this.silences = writing.remote<SilenceTable>('silences');
    this.posture = writing.remote<PostureTable>('posture');
    this.vulnerabilities = reading.remote<VulnerabilityReader>('vulnerabilities');
    this.postureReader = reading.remote<PostureReader>('posture');
    this.postureExceptions = writing.remote<PostureExceptionTable>('postureExceptions');
    this.#reader = this.#reading.remote<CollectorReader>();
    this.#groups = new CommitGroups(
      (texts, nowMs) => this.#file.append(texts, nowMs),
      opened.end.seq,
      (seq, count) => this.#withIncidents(seq, count),
    );
  }

  /**
   * Opens the file, brings its schema up to date and looks whether it is whole. Rejects as `openDatabase` throws.
   * @param threads false: everything in the thread of who asks, for few alerts and little memory
   */
  static async open(path: string, threads: boolean = true): Promise<CollectorStore> {
    const writing = threads ? new StoreThread({ path, role: 'write' }) : new StoreInPlace({ path, role: 'write' });
    const reading = threads
      ? new StoreThread({ path, role: 'read' }, readerIdleMs)
      : new StoreInPlace({ path, role: 'read' });
    await writing.open();
    return new CollectorStore(writing, reading, await writing.remote<CollectorFile>().opened());
  }

  /**
   * Stores a batch, durably when it resolves; batches that come together share a transaction. An id that is stored already only gets the
   * larger count and the later time; it is counted in `duplicate` and not in `stored`. `incidents` are those that changed by the
   * transaction: they come with its last batch. Calls resolve in the order of the log. What a thread stored that died before it could say so
   * comes with the next batch that is stored: whoever is told of `stored` misses nothing.
   */
  async append(alerts: readonly Alert[], nowMs: number): Promise<AppendResult> {
    return this.#groups.append(alerts, nowMs);
  }

  /** Alerts that fit the filter, the latest event first (ties: the latest stored first). */
  async list(filter: AlertFilter): Promise<readonly StoredAlert[]> {
    return this.#reader.list(filter);
  }

  async get(id: string): Promise<StoredAlert | undefined> {
    return this.#reader.get(id);
  }

  /** Alerts in the order of the log, those after `seq`. */
  async after(seq: number, limit: number): Promise<readonly StoredAlert[]> {
    return this.#reader.after(seq, limit);
  }

  async #withIncidents(seq: number, count: number): ReturnType<GapReader> {
    const alerts = await this.#reader.after(seq, count);
    const ids = new Set(alerts.flatMap(({ incident }) => incident ?? []));
    const incidents = await Promise.all([...ids].map((id) => this.#reader.incident(id)));
    return { alerts, incidents: incidents.filter((incident) => incident !== undefined) };
  }

  /** `seq` of the last alert stored; 0 when there is none. */
  async lastSeq(): Promise<number> {
    return this.#groups.lastSeq;
  }

  /** How many alerts are stored, by severity and dimension. */
  async totals(): Promise<
    readonly { readonly severity: Severity; readonly dimension: string; readonly alerts: number }[]
  > {
    return this.#reader.totals();
  }

  /** How many alerts fit, by workload, severity, dimension or node. */
  async counts(filter: CountFilter): Promise<AlertCounts> {
    return this.#reader.counts(filter);
  }

  /** Checks the next alerts of the chain, at most `limit`; @param from what was checked last, undefined at first. */
  async checkChain(from: ChainPosition | undefined, limit: number): Promise<ChainProgress> {
    return this.#reader.checkChain(from, limit);
  }

  /** The same of the audit trail. */
  async checkAudit(from: ChainPosition | undefined, limit: number): Promise<ChainProgress> {
    return this.#reader.checkAudit(from, limit);
  }

  /** Follows the whole chain; `alerts` were found whole, and `brokenAt` is the first that is not. */
  async verifyChain(): Promise<{
    readonly alerts: number;
    readonly brokenAt: number | undefined;
    readonly fault?: ChainFault;
  }> {
    let alerts = 0;
    let from: ChainPosition | undefined;
    for (;;) {
      const { checked, at, done, fault } = await this.checkChain(from, checkedAtOnce);
      alerts += checked;
      from = at;
      if (done) return { alerts, brokenAt: fault?.seq, ...(fault === undefined ? {} : { fault }) };
    }
  }

  /** Incidents that fit the filter, the one that was opened last first. */
  async incidents(filter: IncidentFilter): Promise<readonly StoredIncident[]> {
    return this.#reader.incidents(filter);
  }

  async incident(id: string): Promise<StoredIncident | undefined> {
    return this.#reader.incident(id);
  }

  /** Alerts of an incident, the first event first. */
  async alertsOf(incident: string, limit: number): Promise<readonly StoredAlert[]> {
    return this.#reader.alertsOf(incident, limit);
  }

  /** Incidents in the order in which they changed last, those that changed at `seq` or later and come after `id` at `seq`. */
  async incidentsFrom(
    { seq, id }: { readonly seq: number; readonly id: string },
    limit: number,
  ): Promise<readonly StoredIncident[]> {
    return this.#reader.incidentsFrom(seq, id, limit);
  }

  /** Closes the incidents that nothing came for since `beforeMs` (by the collector's clock); answers them. */
  async closeIncidents(beforeMs: number, nowMs: number): Promise<readonly StoredIncident[]> {
    return this.#file.closeIncidents(beforeMs, nowMs);
  }

  /** How many incidents are open, by severity; severities without any are left out. */
  async openIncidents(): Promise<ReadonlyMap<Severity, number>> {
    return this.#file.openIncidents();
  }

  /** All of them, or none. */
  async saveNodes(nodes: readonly NodeRecord[]): Promise<void> {
    return this.#nodes.save(nodes);
  }

  async nodes(): Promise<readonly NodeRecord[]> {
    return this.#nodes.list();
  }

  async forgetNode(name: string): Promise<void> {
    return this.#file.forgetNode(name);
  }

  /** Keeps what an operator decided, durably when it resolves, until these nodes have taken it. */
  async addDecision(decision: Decision, nodes: readonly string[]): Promise<StoredDecision> {
    return this.#file.addDecision(decision, nodes);
  }

  /** The first decision that the node has not taken. */
  async nextDecision(node: string): Promise<Decision | undefined> {
    return this.#file.nextDecision(node);
  }

  async settleDecision(node: string, id: string, outcome: DecisionOutcome): Promise<void> {
    return this.#file.settleDecision(node, id, outcome);
  }

  /** Decisions, the latest first. */
  async decisions(filter: DecisionFilter): Promise<readonly StoredDecision[]> {
    return this.#reader.decisions(filter);
  }

  async decision(id: string): Promise<StoredDecision | undefined> {
    return this.#reader.decision(id);
  }

  /** Removes a little of what is older or more than the bounds; the anchor of the chain says what. */
  async retain(bounds: RetentionBounds, nowMs: number): Promise<RetentionStep> {
    return this.#file.retain(bounds, nowMs);
  }

  /** Removes a little of the audit trail that is older. */
  async retainAudit(ageMs: number, nowMs: number): Promise<{ readonly records: number; readonly more: boolean }> {
    return this.#file.retainAudit(ageMs, nowMs);
  }

  /** Gives a little of the free space back to the file system; whether there is more. */
  async shrink(): Promise<boolean> {
    return this.#file.shrink();
  }

  async sizes(): ReturnType<Remote<CollectorFile>['sizes']> {
    return this.#file.sizes();
  }

  /** Why nothing can be written or read at the moment; undefined: all can. */
  get trouble(): string | undefined {
    return this.#writing.trouble ?? this.#reading.trouble;
  }

  /** How often its threads ended by themselves. */
  get threadFailures(): { readonly write: number; readonly read: number } {
    return { write: this.#writing.failures, read: this.#reading.failures };
  }

  /** Lets what was asked be answered, and ends the threads. */
  async close(): Promise<void> {
    // Who writes goes last: it alone can bring what is in the write-ahead log into the file, once nobody else has it open.
    try {
      await this.#reading.close();
    } finally {
      await this.#writing.close();
    }
  }
}
