import type { ExpressionBuilder, SqlBool, Expression } from 'kysely';
import { severities } from '../model/alert.ts';
import type { Alert, Severity, StoredAlert } from '../model/alert.ts';
import type { Decision, DecisionOutcome, StoredDecision } from '../model/decision.ts';
import type { StoredIncident } from '../model/incident.ts';
import { canonicalJson, chainHash, chainStart } from './chain.ts';
import { AuditTable } from './audit-table.ts';
import type { AuditSchema } from './audit-table.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { ContributionTable } from './contribution-table.ts';
import type { ContributionSchema } from './contribution-table.ts';
import { DecisionTable } from './decision-table.ts';
import type { DecisionFilter, DecisionSchema } from './decision-table.ts';
import { EvidenceTable } from './evidence-table.ts';
import type { EvidenceSchema } from './evidence-table.ts';
import { IncidentTable } from './incident-table.ts';
import type { IncidentFilter, IncidentSchema } from './incident-table.ts';
import { NodeTable } from './node-table.ts';
import type { NodeRecord, NodeSchema } from './node-table.ts';
import { placeConditions } from './place.ts';
import type { Place } from './place.ts';
import { TokenTable } from './token-table.ts';
import type { TokenSchema } from './token-table.ts';

interface AlertRow {
  seq: number;
  id: string;
  time_ms: number;
  severity: number;
  dimension: string;
  node: string;
  workload_id: string;
  workload_name: string;
  container_id: string;
  container_name: string;
  alert: string;
  count: number;
  last_time: string;
  stored_at: string;
  previous_hash: string;
  hash: string;
  incident: string | null;
}
interface CollectorSchema
  extends IncidentSchema, DecisionSchema, ContributionSchema, EvidenceSchema, NodeSchema, TokenSchema, AuditSchema {
  alerts: AlertRow;
}

/** Which alerts; undefined members do not filter. */
export interface AlertFilter extends Place {
  /** Milliseconds since the epoch; inclusive. */
  readonly sinceMs?: number | undefined;
  /** Milliseconds since the epoch; exclusive. */
  readonly untilMs?: number | undefined;
  /** At least this severity. */
  readonly severity?: Severity | undefined;
  readonly dimension?: string | undefined;
  /** Only alerts that come after this one, going back in time. */
  readonly before?: { readonly timeMs: number; readonly seq: number } | undefined;
  readonly limit: number;
}

/**
 * What the collector keeps: the log of alerts (`seq` from 1 without gaps, hash chain) and the nodes. Methods are asynchronous for the
 * sake of a store behind a network; this one answers at once. They throw as `Database` does.
 */
export class CollectorStore {
  readonly #database: Database<CollectorSchema>;
  readonly #incidents: IncidentTable;
  readonly #decisions: DecisionTable;
  readonly #nodes: NodeTable;
  /** What nodes learned, for the other nodes. */
  readonly contributions: ContributionTable;
  /** The history around incidents. */
  readonly evidence: EvidenceTable;
  /** Who may ask. */
  readonly tokens: TokenTable;
  /** Who changed what. */
  readonly audit: AuditTable;
  #lastSeq: number;
  #lastHash: string;

  constructor(path: string) {
    this.#database = openDatabase<CollectorSchema>({
      path,
      kind: 'collector',
      migrations: collectorMigrations,
      synchronous: 'full',
    });
    this.#incidents = new IncidentTable(this.#database);
    this.#decisions = new DecisionTable(this.#database);
    this.#nodes = new NodeTable(this.#database);
    this.contributions = new ContributionTable(this.#database);
    this.evidence = new EvidenceTable(this.#database);
    this.tokens = new TokenTable(this.#database);
    this.audit = new AuditTable(this.#database);
    const last = this.#database.first(
      this.#database.query.selectFrom('alerts').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1),
    );
    this.#lastSeq = last?.seq ?? 0;
    this.#lastHash = last?.hash ?? chainStart;
  }

  /**
   * Stores a batch in one transaction, durably when it resolves. An id that is stored already only gets the larger count and the
   * later time; it is counted in `duplicate` and not in `stored`. `incidents` are those that changed by it.
   */
  async append(
    alerts: readonly Alert[],
    nowMs: number,
  ): Promise<{
    readonly stored: readonly StoredAlert[];
    readonly duplicate: number;
    readonly incidents: readonly StoredIncident[];
  }> {
    const result = this.#database.transaction(() => {
      const stored: StoredAlert[] = [];
      const repeated: Alert[] = [];
      let duplicate = 0;
      let [seq, previousHash] = [this.#lastSeq, this.#lastHash];
      for (const alert of alerts) {
        const repeat = this.#repeat(alert);
        if (repeat !== 'new') {
          duplicate += 1;
          if (repeat === 'grown') repeated.push(alert);
          continue;
        }
        seq += 1;
        const next = this.#insert(alert, seq, previousHash, new Date(nowMs).toISOString());
        previousHash = next.hash;
        stored.push(next);
      }
      const incidents = this.#incidents.grow(stored, repeated, { seq, nowMs });
      return { stored, duplicate, incidents, seq, previousHash };
    });
    this.#lastSeq = result.seq;
    this.#lastHash = result.previousHash;
    return result;
  }

  /** Alerts that fit the filter, the latest event first (ties: the latest stored first). */
  async list(filter: AlertFilter): Promise<readonly StoredAlert[]> {
    const query = this.#database.query
      .selectFrom('alerts')
      .selectAll()
      .where((e) => e.and(conditions(e, filter)))
      .orderBy('time_ms', 'desc')
      .orderBy('seq', 'desc')
      .limit(filter.limit);
    return this.#served(this.#database.all(query));
  }

  async get(id: string): Promise<StoredAlert | undefined> {
    const row = this.#database.first(this.#database.query.selectFrom('alerts').selectAll().where('id', '=', id));
    return row === undefined ? undefined : this.#served([row])[0];
  }

  /** Alerts in the order of the log, those after `seq`. */
  async after(seq: number, limit: number): Promise<readonly StoredAlert[]> {
    const query = this.#database.query
      .selectFrom('alerts')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(limit);
    return this.#served(this.#database.all(query));
  }

  /** `seq` of the last alert stored; 0 when there is none. */
  async lastSeq(): Promise<number> {
    return this.#lastSeq;
  }

  /** How many alerts are stored, by severity and dimension. */
  async totals(): Promise<
    readonly { readonly severity: Severity; readonly dimension: string; readonly alerts: number }[]
  > {
    const query = this.#database.query
      .selectFrom('alerts')
      .select((e) => ['severity', 'dimension', e.fn.countAll<number>().as('alerts')])
      .groupBy(['severity', 'dimension']);
    return this.#database.all(query).map((row) => ({ ...row, severity: severities[row.severity] ?? 'notice' }));
  }

  /** Follows the chain from the first alert; answers the `seq` where it breaks first, or undefined when it is whole. */
  async verifyChain(): Promise<{ readonly alerts: number; readonly brokenAt: number | undefined }> {
    let [alerts, previousHash] = [0, chainStart];
    for (;;) {
      const rows = this.#database.all(
        this.#database.query
          .selectFrom('alerts')
          .select(['seq', 'alert', 'previous_hash', 'hash'])
          .where('seq', '>', alerts)
          .orderBy('seq')
          .limit(1000),
      );
      for (const row of rows) {
        const whole =
          row.seq === alerts + 1 &&
          row.previous_hash === previousHash &&
          row.hash === chainHash(previousHash, row.alert);
        if (!whole) return { alerts, brokenAt: alerts + 1 };
        [alerts, previousHash] = [row.seq, row.hash];
      }
      if (rows.length === 0) return { alerts, brokenAt: undefined };
    }
  }

  /** Incidents that fit the filter, the one that was opened last first. */
  async incidents(filter: IncidentFilter): Promise<readonly StoredIncident[]> {
    return this.#incidents.list(filter);
  }

  async incident(id: string): Promise<StoredIncident | undefined> {
    return this.#incidents.get(id);
  }

  /** Alerts of an incident, the first event first. */
  async alertsOf(incident: string, limit: number): Promise<readonly StoredAlert[]> {
    const query = this.#database.query
      .selectFrom('alerts')
      .selectAll()
      .where('incident', '=', incident)
      .orderBy('time_ms')
      .orderBy('seq')
      .limit(limit);
    return this.#served(this.#database.all(query));
  }

  /** Incidents in the order in which they changed last, those that changed at `seq` or later and come after `id` at `seq`. */
  async incidentsFrom(
    { seq, id }: { readonly seq: number; readonly id: string },
    limit: number,
  ): Promise<readonly StoredIncident[]> {
    return this.#incidents.from(seq, id, limit);
  }

  /** Closes the incidents that nothing came for since `beforeMs` (by the collector's clock); answers them. */
  async closeIncidents(beforeMs: number, nowMs: number): Promise<readonly StoredIncident[]> {
    return this.#database.transaction(() => this.#incidents.close(beforeMs, { seq: this.#lastSeq, nowMs }));
  }

  /** How many incidents are open, by severity; severities without any are left out. */
  async openIncidents(): Promise<ReadonlyMap<Severity, number>> {
    return this.#incidents.open();
  }

  /** All of them, or none. */
  async saveNodes(nodes: readonly NodeRecord[]): Promise<void> {
    this.#nodes.save(nodes);
  }

  async nodes(): Promise<readonly NodeRecord[]> {
    return this.#nodes.list();
  }

  async forgetNode(name: string): Promise<void> {
    this.#nodes.forget(name);
    this.#decisions.forgetNode(name);
  }

  /** Keeps what an operator decided, durably when it resolves, until these nodes have taken it. */
  async addDecision(decision: Decision, nodes: readonly string[]): Promise<StoredDecision> {
    return this.#decisions.add(decision, nodes);
  }

  /** The first decision that the node has not taken. */
  async nextDecision(node: string): Promise<Decision | undefined> {
    return this.#decisions.next(node);
  }

  async settleDecision(node: string, id: string, outcome: DecisionOutcome): Promise<void> {
    this.#decisions.settle(node, id, outcome);
  }

  /** Decisions, the latest first. */
  async decisions(filter: DecisionFilter): Promise<readonly StoredDecision[]> {
    return this.#decisions.list(filter);
  }

  async decision(id: string): Promise<StoredDecision | undefined> {
    return this.#decisions.get(id);
  }

  close(): void {
    this.#database.close();
  }

  /** Alerts with what operators said of them last. */
  #served(rows: readonly AlertRow[]): readonly StoredAlert[] {
    const decisions = this.#decisions.ofAlerts(rows.map(({ id }) => id));
    return rows.map((row) => {
      const decision = decisions.get(row.id);
      if (decision === undefined) return fromRow(row);
      const { id, verdict, by, reason, time } = decision;
      return { ...fromRow(row), decision: { id, verdict, by, reason, time } };
    });
  }

  #repeat(alert: Alert): 'new' | 'grown' | 'same' {
    const { query } = this.#database;
    const known = this.#database.first(query.selectFrom('alerts').select(['seq', 'count']).where('id', '=', alert.id));
    if (known === undefined) return 'new';
    if (alert.count <= known.count) return 'same';
    this.#database.run(
      query.updateTable('alerts').set({ count: alert.count, last_time: alert.lastTime }).where('seq', '=', known.seq),
    );
    return 'grown';
  }

  #insert(alert: Alert, seq: number, previousHash: string, storedAt: string): StoredAlert {
    const text = canonicalJson(alert);
    const hash = chainHash(previousHash, text);
    this.#database.run(
      this.#database.query.insertInto('alerts').values({
        seq,
        id: alert.id,
        time_ms: Date.parse(alert.time),
        severity: severities.indexOf(alert.severity),
        dimension: alert.dimension,
        node: alert.node,
        workload_id: alert.workload.id,
        workload_name: alert.workload.name,
        container_id: alert.container.id,
        container_name: alert.container.name,
        alert: text,
        count: alert.count,
        last_time: alert.lastTime,
        stored_at: storedAt,
        previous_hash: previousHash,
        hash,
        incident: alert.incident ?? null,
      }),
    );
    return { ...alert, seq, storedAt, hash, previousHash };
  }
}

function conditions(e: ExpressionBuilder<CollectorSchema, 'alerts'>, filter: AlertFilter): Expression<SqlBool>[] {
  const { sinceMs, untilMs, severity, dimension, before } = filter;
  return [
    ...placeConditions(e, filter),
    ...(sinceMs === undefined ? [] : [e('time_ms', '>=', sinceMs)]),
    ...(untilMs === undefined ? [] : [e('time_ms', '<', untilMs)]),
    ...(severity === undefined ? [] : [e('severity', '>=', severities.indexOf(severity))]),
    ...(dimension === undefined ? [] : [e('dimension', '=', dimension)]),
    ...(before === undefined
      ? []
      : [
          e.or([
            e('time_ms', '<', before.timeMs),
            e.and([e('time_ms', '=', before.timeMs), e('seq', '<', before.seq)]),
          ]),
        ]),
  ];
}

function fromRow(row: AlertRow): StoredAlert {
  const alert = JSON.parse(row.alert) as Alert;
  return {
    ...alert,
    count: row.count,
    lastTime: row.last_time,
    seq: row.seq,
    storedAt: row.stored_at,
    hash: row.hash,
    previousHash: row.previous_hash,
  };
}
