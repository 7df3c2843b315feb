import type { StoredAlert } from '../model/alert.ts';
import type { ChainPosition, ChainProgress } from '../model/chain.ts';
import type { StoredDecision } from '../model/decision.ts';
import type { StoredIncident } from '../model/incident.ts';
import { AlertCounter } from './alert-counts.ts';
import type { AlertCounts, CountFilter } from './alert-counts.ts';
import { AlertReader } from './alert-reader.ts';
import type { AlertFilter } from './alert-reader.ts';
import { AuditChain } from './audit-chain.ts';
import { ChainTable } from './chain-table.ts';
import type { CollectorSchema } from './collector-file.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { DecisionTable } from './decision-table.ts';
import type { DecisionFilter } from './decision-table.ts';
import { IncidentTable } from './incident-table.ts';
import type { IncidentFilter } from './incident-table.ts';
import { PostureReader } from './posture-reader.ts';
import { VulnerabilityReader } from './vulnerability-reader.ts';

/** The collector's file, for questions only: what takes long here keeps no batch waiting. Every method throws as `Database` does. */
export class CollectorReader {
  readonly posture: PostureReader;
  readonly vulnerabilities: VulnerabilityReader;
  readonly #database: Database<CollectorSchema>;
  readonly #alerts: AlertReader;
  readonly #counter: AlertCounter;
  readonly #incidents: IncidentTable;
  readonly #decisions: DecisionTable;
  readonly #chain: ChainTable;
  readonly #trail: AuditChain;

  /** The file must be there, with the schema of this program. */
  constructor(path: string) {
    const database = openDatabase<CollectorSchema>({
      ...{ path, kind: 'collector', migrations: collectorMigrations, synchronous: 'full', readonly: true },
      cacheKb: 16_384,
    });
    this.#database = database;
    this.#alerts = new AlertReader(database);
    this.#counter = new AlertCounter(database);
    this.#incidents = new IncidentTable(database);
    this.#decisions = new DecisionTable(database);
    this.#chain = new ChainTable(database);
    this.#trail = new AuditChain(database);
    this.posture = new PostureReader(database);
    this.vulnerabilities = new VulnerabilityReader(database);
  }

  list(filter: AlertFilter): readonly StoredAlert[] {
    return this.#alerts.list(filter);
  }

  get(id: string): StoredAlert | undefined {
    return this.#alerts.get(id);
  }

  after(seq: number, limit: number): readonly StoredAlert[] {
    return this.#alerts.after(seq, limit);
  }

  totals(): ReturnType<AlertReader['totals']> {
    return this.#alerts.totals();
  }

  counts(filter: CountFilter): AlertCounts {
    return this.#database.snapshot(() => this.#counter.count(filter));
  }

  checkChain(from: ChainPosition | undefined, limit: number): ChainProgress {
    return this.#chain.check(from, limit);
  }

  checkAudit(from: ChainPosition | undefined, limit: number): ChainProgress {
    return this.#trail.check(from, limit);
  }

  /** Where the chain ends, and where what retention removed ends. */
  chainEnds(): {
    readonly end: ChainPosition;
    readonly anchor: ChainPosition;
    readonly audit: ChainPosition & { readonly removedSeq: number };
  } {
    const { seq, hash } = this.#chain.end();
    const audit = { ...this.#trail.end(), removedSeq: this.#trail.anchor().seq };
    return { end: { seq, hash }, anchor: this.#chain.anchor(), audit };
  }

  incidents(filter: IncidentFilter): readonly StoredIncident[] {
    return this.#incidents.list(filter);
  }

  incident(id: string): StoredIncident | undefined {
    return this.#incidents.get(id);
  }

  alertsOf(incident: string, limit: number): readonly StoredAlert[] {
    return this.#alerts.ofIncident(incident, limit);
  }

  incidentsFrom(seq: number, id: string, limit: number): readonly StoredIncident[] {
    return this.#incidents.from(seq, id, limit);
  }

  openIncidents(): ReturnType<IncidentTable['open']> {
    return this.#incidents.open();
  }

  decisions(filter: DecisionFilter): readonly StoredDecision[] {
    return this.#decisions.list(filter);
  }

  decision(id: string): StoredDecision | undefined {
    return this.#decisions.get(id);
  }

  close(): void {
    this.#database.close();
  }
}
