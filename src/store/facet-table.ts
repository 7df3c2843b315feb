import { severities } from '../model/alert.ts';
import type { Alert } from '../model/alert.ts';
import type { Database, Statement } from './database.ts';

/** What alerts have in common with many others: severity, dimension and place. A filter chooses facets; an index leads from each to its alerts. */
export interface FacetRow {
  facet: number;
  severity: number;
  dimension: string;
  node: string;
  workload_id: string;
  workload_name: string;
  container_id: string;
  container_name: string;
  /** How many alerts have it. */
  alerts: number;
  /** Events of the first and the last of them; the first may be removed since. */
  first_ms: number;
  last_ms: number;
}
export interface FacetSchema {
  facets: FacetRow;
  alert_hours: { hour: number; facet: number; alerts: number };
}

export const hourMs = 3_600_000;
/** Facets whose numbers are remembered; those of the alerts that come. */
const rememberedMax = 8192;

interface Tally {
  alerts: number;
  firstMs: number;
  lastMs: number;
  readonly hours: Map<number, number>;
}

/** Writes facets and how many alerts each has, in all and by hour. Its methods are called within a transaction. */
export class FacetTable {
  readonly #find: Statement<{ facet: number }>;
  readonly #add: Statement<never>;
  readonly #count: Statement<never>;
  readonly #countHour: Statement<never>;
  readonly #uncount: Statement<never>;
  readonly #uncountHour: Statement<never>;
  readonly #database: Database<FacetSchema>;
  readonly #numbers = new Map<string, number>();
  readonly #tallies = new Map<number, Tally>();

  constructor(database: Database<FacetSchema>) {
    this.#database = database;
    this.#find = database.statement(
      `SELECT facet FROM facets WHERE container_id = ? AND dimension = ? AND severity = ? AND node = ?
        AND workload_id = ? AND workload_name = ? AND container_name = ?`,
    );
    this.#add = database.statement(
      `INSERT INTO facets (container_id, dimension, severity, node, workload_id, workload_name, container_name, alerts, first_ms, last_ms)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
    );
    this.#count = database.statement(
      'UPDATE facets SET alerts = alerts + ?, first_ms = min(first_ms, ?), last_ms = max(last_ms, ?) WHERE facet = ?',
    );
    this.#countHour = database.statement(
      `INSERT INTO alert_hours (hour, facet, alerts) VALUES (?, ?, ?)
        ON CONFLICT (hour, facet) DO UPDATE SET alerts = alerts + excluded.alerts`,
    );
    this.#uncount = database.statement('UPDATE facets SET alerts = alerts - ? WHERE facet = ?');
    this.#uncountHour = database.statement('UPDATE alert_hours SET alerts = alerts - ? WHERE hour = ? AND facet = ?');
  }

  /** The number of the alert's facet, which is made when there is none. */
  numberOf(alert: Alert, timeMs: number): number {
    const { container, dimension, node, workload } = alert;
    const severity = severities.indexOf(alert.severity);
    const values = [container.id, dimension, severity, node, workload.id, workload.name, container.name];
    const key = values.join('\u0000');
    let facet = this.#numbers.get(key);
    if (facet === undefined) {
      facet = this.#find.first(...values)?.facet;
      if (facet === undefined) {
        this.#add.run(...values, timeMs, timeMs);
        facet = this.#find.first(...values)?.facet ?? 0;
      }
      if (this.#numbers.size >= rememberedMax) this.#numbers.clear();
      this.#numbers.set(key, facet);
    }
    return facet;
  }

  /** One more alert of the facet; written by the next `settle`. */
  count(facet: number, timeMs: number): void {
    const tally = this.#tallies.get(facet) ?? { alerts: 0, firstMs: timeMs, lastMs: timeMs, hours: new Map() };
    tally.alerts += 1;
    tally.firstMs = Math.min(tally.firstMs, timeMs);
    tally.lastMs = Math.max(tally.lastMs, timeMs);
    const hour = Math.floor(timeMs / hourMs);
    tally.hours.set(hour, (tally.hours.get(hour) ?? 0) + 1);
    this.#tallies.set(facet, tally);
  }

  /** Writes what was taken since the last time. */
  settle(): void {
    for (const [facet, { alerts, firstMs, lastMs, hours }] of this.#tallies) {
      this.#count.run(alerts, firstMs, lastMs, facet);
      for (const [hour, count] of hours) this.#countHour.run(hour, facet, count);
    }
    this.#tallies.clear();
  }

  /** The transaction was undone: what was taken in it is not there. */
  forget(): void {
    this.#tallies.clear();
    this.#numbers.clear();
  }

  /** Alerts that are removed, by facet and time. Facets and hours without any alert go with them. */
  remove(rows: readonly { readonly facet: number; readonly time_ms: number }[]): void {
    const removed = new Map<string, { readonly facet: number; readonly hour: number; alerts: number }>();
    for (const { facet, time_ms } of rows) {
      const hour = Math.floor(time_ms / hourMs);
      const key = `${String(facet)}.${String(hour)}`;
      const one = removed.get(key) ?? { facet, hour, alerts: 0 };
      one.alerts += 1;
      removed.set(key, one);
    }
    for (const { facet, hour, alerts } of removed.values()) {
      this.#uncount.run(alerts, facet);
      this.#uncountHour.run(alerts, hour, facet);
      this.#database.run(
        this.#database.query
          .deleteFrom('alert_hours')
          .where('hour', '=', hour)
          .where('facet', '=', facet)
          .where('alerts', '<=', 0),
      );
      const gone = this.#database.run(
        this.#database.query.deleteFrom('facets').where('facet', '=', facet).where('alerts', '<=', 0),
      );
      if (gone > 0) this.#numbers.clear();
    }
  }
}
