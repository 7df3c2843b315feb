import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { severities } from '../model/alert.ts';
import type { Alert, Severity } from '../model/alert.ts';
import { growIncident } from '../model/incident.ts';
import type { Incident, StoredIncident } from '../model/incident.ts';
import type { Database, Statement } from './database.ts';
import { placeConditions } from './place.ts';
import type { Place } from './place.ts';

interface IncidentRow {
  id: string;
  opened_ms: number;
  /** Severity of its worst alert. */
  worst: number;
  severity: number;
  node: string;
  workload_id: string;
  workload_name: string;
  container_id: string;
  container_name: string;
  incident: string;
  /** When something came for it last, by the collector's clock. */
  changed_ms: number;
  closed_ms: number | null;
  seq: number;
}
export interface IncidentSchema {
  incidents: IncidentRow;
}

/** Which incidents; undefined members do not filter. */
export interface IncidentFilter extends Place {
  /** Opened at this time or later, milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
  /** Opened before, milliseconds since the epoch. */
  readonly untilMs?: number | undefined;
  /** At least this severity. */
  readonly severity?: Severity | undefined;
  readonly state?: Incident['state'] | undefined;
  /** Only incidents that come after this one, going back in time. */
  readonly before?: { readonly timeMs: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** When something is written: `seq` of the log, and the collector's clock. */
interface Moment {
  readonly seq: number;
  readonly nowMs: number;
}

/** The rows of incidents, beside the alerts that they are made of. Its writing methods are called within a transaction. */
export class IncidentTable {
  readonly #database: Database<IncidentSchema>;
  readonly #byId: Statement<IncidentRow>;
  readonly #put: Statement<never>;

  constructor(database: Database<IncidentSchema>) {
    this.#database = database;
    this.#byId = database.statement('SELECT * FROM incidents WHERE id = ?');
    this.#put = database.statement(putSql);
  }

  /** Adds alerts that are new, and alerts that were seen again, to their incidents. One that was closed is open again. */
  grow(stored: readonly Alert[], repeated: readonly Alert[], { seq, nowMs }: Moment): readonly StoredIncident[] {
    const changed = new Map<string, { readonly incident: Incident; readonly worst: Severity }>();
    const current = (id: string): { readonly incident: Incident; readonly worst: Severity } | undefined =>
      changed.get(id) ?? this.#find(id);
    for (const alert of stored)
      if (alert.incident !== undefined) changed.set(alert.incident, growIncident(current(alert.incident), alert));
    for (const { incident: id, lastTime } of repeated) {
      const before = id === undefined ? undefined : current(id);
      if (id === undefined || before === undefined) continue;
      const { closed: _closed, ...incident } = before.incident;
      const later = lastTime > incident.lastTime ? lastTime : incident.lastTime;
      changed.set(id, { ...before, incident: { ...incident, state: 'open', lastTime: later } });
    }
    return [...changed.values()].map(({ incident, worst }) => {
      this.#write(incident, worst, { seq, nowMs });
      return { ...incident, seq };
    });
  }

  /** Whether `close` would close one. */
  hasQuiet(beforeMs: number): boolean {
    const { query } = this.#database;
    const quiet = query
      .selectFrom('incidents')
      .select('id')
      .where('closed_ms', 'is', null)
      .where('changed_ms', '<', beforeMs);
    return this.#database.first(quiet.limit(1)) !== undefined;
  }

  /** Removes incidents that are closed and to which nothing came since `beforeMs`, or whose alerts are all removed: `seq` and before. How many. */
  remove(beforeMs: number, seq: number, limit: number): number {
    const { query } = this.#database;
    const closed = query.selectFrom('incidents').select('id').where('closed_ms', 'is not', null).limit(limit);
    const old = this.#database.all(closed.where('changed_ms', '<', beforeMs));
    const empty = this.#database.all(closed.where('seq', '<=', seq));
    const ids = [...new Set([...old, ...empty].map(({ id }) => id))].slice(0, limit);
    for (const id of ids) this.#database.run(query.deleteFrom('incidents').where('id', '=', id));
    return ids.length;
  }

  close(beforeMs: number, { seq, nowMs }: Moment): readonly StoredIncident[] {
    const quiet = this.#database.all(
      this.#database.query
        .selectFrom('incidents')
        .selectAll()
        .where('closed_ms', 'is', null)
        .where('changed_ms', '<', beforeMs),
    );
    for (const { id } of quiet)
      this.#database.run(
        this.#database.query.updateTable('incidents').set({ closed_ms: nowMs, seq }).where('id', '=', id),
      );
    return quiet.map((row) => fromRow({ ...row, closed_ms: nowMs, seq }));
  }

  list(filter: IncidentFilter): readonly StoredIncident[] {
    const query = this.#database.query
      .selectFrom('incidents')
      .selectAll()
      .where((e) => e.and(conditions(e, filter)))
      .orderBy('opened_ms', 'desc')
      .orderBy('id', 'desc')
      .limit(filter.limit);
    return this.#database.all(query).map(fromRow);
  }

  get(id: string): StoredIncident | undefined {
    const row = this.#row(id);
    return row === undefined ? undefined : fromRow(row);
  }

  from(seq: number, id: string, limit: number): readonly StoredIncident[] {
    const query = this.#database.query
      .selectFrom('incidents')
      .selectAll()
      .where((e) => e.or([e('seq', '>', seq), e.and([e('seq', '=', seq), e('id', '>', id)])]))
      .orderBy('seq')
      .orderBy('id')
      .limit(limit);
    return this.#database.all(query).map(fromRow);
  }

  open(): ReadonlyMap<Severity, number> {
    const query = this.#database.query
      .selectFrom('incidents')
      .select((e) => ['severity', e.fn.countAll<number>().as('open')])
      .where('closed_ms', 'is', null)
      .groupBy('severity');
    return new Map(this.#database.all(query).map(({ severity, open }) => [severities[severity] ?? 'notice', open]));
  }

  #row(id: string): IncidentRow | undefined {
    return this.#byId.first(id);
  }

  #find(id: string): { readonly incident: Incident; readonly worst: Severity } | undefined {
    const row = this.#row(id);
    if (row === undefined) return undefined;
    return { incident: JSON.parse(row.incident) as Incident, worst: severities[row.worst] ?? 'notice' };
  }

  #write(incident: Incident, worst: Severity, { seq, nowMs }: Moment): void {
    const { id, node, workload, container } = incident;
    this.#put.run(
      ...[id, Date.parse(incident.opened), severities.indexOf(worst), severities.indexOf(incident.severity), node],
      ...[workload.id, workload.name, container.id, container.name, JSON.stringify(incident), nowMs, seq],
    );
  }
}

const putSql = `INSERT INTO incidents
    (id, opened_ms, worst, severity, node, workload_id, workload_name, container_id, container_name, incident, changed_ms, closed_ms, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)
  ON CONFLICT (id) DO UPDATE SET (opened_ms, worst, severity, node, workload_id, workload_name, container_id, container_name, incident,
    changed_ms, closed_ms, seq) = (excluded.opened_ms, excluded.worst, excluded.severity, excluded.node, excluded.workload_id,
    excluded.workload_name, excluded.container_id, excluded.container_name, excluded.incident, excluded.changed_ms, NULL, excluded.seq)`;

function conditions(e: ExpressionBuilder<IncidentSchema, 'incidents'>, filter: IncidentFilter): Expression<SqlBool>[] {
  const { sinceMs, untilMs, severity, state, before } = filter;
  return [
    ...placeConditions(e, filter),
    ...(sinceMs === undefined ? [] : [e('opened_ms', '>=', sinceMs)]),
    ...(untilMs === undefined ? [] : [e('opened_ms', '<', untilMs)]),
    ...(severity === undefined ? [] : [e('severity', '>=', severities.indexOf(severity))]),
    ...(state === undefined ? [] : [e('closed_ms', state === 'open' ? 'is' : 'is not', null)]),
    ...(before === undefined
      ? []
      : [
          e.or([
            e('opened_ms', '<', before.timeMs),
            e.and([e('opened_ms', '=', before.timeMs), e('id', '<', before.id)]),
          ]),
        ]),
  ];
}

function fromRow(row: IncidentRow): StoredIncident {
  const incident = JSON.parse(row.incident) as Incident;
  const closed = row.closed_ms;
  return {
    ...incident,
    ...(closed === null ? {} : { state: 'closed' as const, closed: new Date(closed).toISOString() }),
    seq: row.seq,
  };
}
