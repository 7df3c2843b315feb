import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import fc from 'fast-check';
import type { Compilable } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alertId, makeAlert } from '../../test/support/alerts.ts';
import { severities } from '../model/alert.ts';
import type { Alert, StoredAlert } from '../model/alert.ts';
import { countedBy, countQuery } from './alert-counts.ts';
import { AlertReader, alertSql, walkQuery } from './alert-reader.ts';
import type { AlertFilter } from './alert-reader.ts';
import type { AlertSchema } from './alert-table.ts';
import { canonicalAlert, canonicalJson } from './chain.ts';
import { CollectorFile } from './collector-file.ts';
import { collectorMigrations } from './collector-migrations.ts';
import { CollectorReader } from './collector-reader.ts';
import { openDatabase } from './database.ts';
import { facetQueries } from './facet-filter.ts';
import type { Database } from './database.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  path = join(directory, 'collector.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const startMs = Date.UTC(2026, 10, 23);
const hourMs = 3_600_000;

/** An alert of a small world, in which many fit every filter. */
const alerts = fc
  .record({
    minute: fc.integer({ min: 0, max: 300 }),
    severity: fc.constantFrom(...severities),
    dimension: fc.constantFrom('exec', 'net.out', 'dns'),
    node: fc.constantFrom('n1', 'n2'),
    workload: fc.constantFrom('w1', 'w2', 'w3'),
    container: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ minute, severity, dimension, node, workload, container }): Partial<Alert> => {
    const time = new Date(startMs + minute * 60_000).toISOString();
    return {
      ...{ time, lastTime: time, severity, dimension, node },
      workload: { id: workload, name: `shop/${workload}`, kind: 'image' },
      container: { id: String(container).repeat(64), name: `c${String(container % 3)}`, image: 'i', digest: 'd' },
    };
  });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const times = fc.integer({ min: -10, max: 310 }).map((minute) => startMs + minute * 60_000);
const filters = fc.record({
  sinceMs: maybe(times),
  untilMs: maybe(times),
  severity: maybe(fc.constantFrom(...severities)),
  dimension: maybe(fc.constantFrom('exec', 'net.out', 'kernel')),
  node: maybe(fc.constantFrom('n1', 'n3')),
  workload: maybe(fc.constantFrom('w1', 'shop/w2', 'w9')),
  container: maybe(fc.constantFrom('c1', '2'.repeat(64), '3'.repeat(12))),
});

function fits(alert: StoredAlert, filter: Omit<AlertFilter, 'limit'>): boolean {
  const { sinceMs = -Infinity, untilMs = Infinity, severity = 'notice', dimension, node, workload, container } = filter;
  const timeMs = Date.parse(alert.time);
  const ofContainer = [alert.container.id, alert.container.name].includes(container ?? '');
  return (
    timeMs >= sinceMs &&
    timeMs < untilMs &&
    severities.indexOf(alert.severity) >= severities.indexOf(severity) &&
    (dimension === undefined || alert.dimension === dimension) &&
    (node === undefined || alert.node === node) &&
    (workload === undefined || [alert.workload.id, alert.workload.name].includes(workload)) &&
    (container === undefined || ofContainer || (container.length === 12 && alert.container.id.startsWith(container)))
  );
}

function open(file: string): Database<AlertSchema> {
  return openDatabase<AlertSchema>({
    ...{ path: file, kind: 'collector', migrations: collectorMigrations, synchronous: 'full', readonly: true },
  });
}

function expected(all: readonly StoredAlert[], filter: Omit<AlertFilter, 'limit'>): readonly number[] {
  return all
    .filter((alert) => fits(alert, filter))
    .toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time) || b.seq - a.seq)
    .map(({ seq }) => seq);
}

/** A store with these alerts, as a batch each ten. */
function fill(file: CollectorFile, made: readonly Partial<Alert>[], from = 0): void {
  const texts = made.map((changes, index) => canonicalAlert(makeAlert(from + index, changes)));
  for (let at = 0; at < texts.length; at += 10) file.append([texts.slice(at, at + 10)], startMs);
}

test('the text of an alert is its canonical JSON', () => {
  fc.assert(
    fc.property(alerts, fc.boolean(), (changes, more) => {
      const { process: _process, ...bare } = makeAlert(1, changes);
      const full = makeAlert(1, { ...changes, incident: alertId(7), features: [{ key: 'k', dimension: 'exec' }] });
      const alert = more ? full : bare;
      expect(canonicalAlert(alert)).toBe(canonicalJson(alert));
    }),
  );
});

test('every filter, page by page, answers what a look at every alert does, also while alerts come', () => {
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(alerts, { minLength: 1, maxLength: 60 }),
      filters,
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(
        { manyFacets: 5000, walkedAlerts: 50_000 },
        { manyFacets: 0, walkedAlerts: 1000 },
        { manyFacets: 1, walkedAlerts: 10 },
      ),
      (made, filter, limit, limits) => {
        run += 1;
        const file = new CollectorFile(`${path}.${String(run)}`);
        const database = open(`${path}.${String(run)}`);
        const reader = new AlertReader(database, limits);
        fill(file, made);
        const all = reader.after(0, 1000);
        const wanted = expected(all, filter);
        const seen: number[] = [];
        let before: AlertFilter['before'];
        for (let page = 0; page <= made.length; page += 1) {
          const items = reader.list({ ...filter, before, limit });
          seen.push(...items.map(({ seq }) => seq));
          const last = items.at(-1);
          if (last === undefined) break;
          before = { timeMs: Date.parse(last.time), seq: last.seq };
          // One that is newer than every page does not move the pages.
          fill(file, [{ ...made[0], time: new Date(startMs + 400 * 60_000).toISOString() }], 1000 + page);
        }
        expect(seen).toEqual(
          filter.untilMs === undefined
            ? [...expected(reader.after(0, 1000), filter)].filter((seq) => seq <= made.length)
            : wanted,
        );
        database.close();
        file.close();
      },
    ),
    { numRuns: 40 },
  );
});

test('counts are what a look at every alert counts, with hours cut anywhere, also after retention', () => {
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(alerts, { minLength: 1, maxLength: 60 }),
      filters,
      fc.constantFrom(...countedBy),
      fc.boolean(),
      (made, filter, by, retained) => {
        run += 1;
        const file = new CollectorFile(`${path}.${String(run)}`);
        const reader = new CollectorReader(`${path}.${String(run)}`);
        const half = Math.floor(made.length / 2);
        fill(file, made.slice(0, half));
        if (retained) file.retain({ ageMs: 1000, sizeBytes: Infinity }, startMs + hourMs);
        fill(file, made.slice(half), 100);
        const tally = new Map<string, number>();
        for (const alert of reader.after(0, 1000).filter((one) => fits(one, filter))) {
          const value = by === 'workload' ? alert.workload.id : alert[by];
          tally.set(value, (tally.get(value) ?? 0) + 1);
        }
        const { items, alerts: sum, values } = reader.counts({ ...filter, by, limit: 100 });
        expect(new Map(items.map(({ value, alerts: count }) => [value, count]))).toEqual(tally);
        expect([sum, values]).toEqual([[...tally.values()].reduce((all, one) => all + one, 0), tally.size]);
        reader.close();
        file.close();
      },
    ),
    { numRuns: 40 },
  );
});

describe('the plan of every query', () => {
  const plan = (sqlite: BetterSqlite.Database, sql: string, parameters: readonly unknown[]): string =>
    (sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[])
      .map(({ detail }) => detail)
      .join('\n');

  test('finds a page of alerts by an index, in its order, whatever the filter', () => {
    new CollectorFile(path).close();
    const sqlite = new BetterSqlite(path);
    for (const [name, sql] of Object.entries(alertSql)) {
      const text = plan(
        sqlite,
        sql,
        Array.from({ length: sql.split('?').length - 1 }, () => 1),
      );
      expect({ name, text }).toEqual({ name, text: expect.not.stringMatching(/SCAN|TEMP B-TREE/) });
    }
    expect(plan(sqlite, alertSql.newest, [1, 1, 1, 1])).toMatch(/USING INDEX alerts_by_time/);
    expect(plan(sqlite, alertSql.ofFacet, [1, 1, 1, 1, 1])).toMatch(/USING COVERING INDEX alerts_by_facet/);
    sqlite.close();
  });

  test('walks back in time with very many facets, and finds each facet by its number', () => {
    new CollectorFile(path).close();
    const sqlite = new BetterSqlite(path);
    const database = open(path);
    const some = {
      severity: 'warning',
      dimension: 'exec',
      node: 'n',
      workload: 'w',
      container: '0'.repeat(12),
    } as const;
    const names = Object.keys(some) as (keyof typeof some)[];
    for (let choice = 1; choice < 2 ** names.length; choice += 1) {
      const filter = Object.fromEntries(
        names.filter((_, bit) => (choice & (1 << bit)) !== 0).map((name) => [name, some[name]]),
      );
      const walk: Compilable = walkQuery(database, { ...filter, sinceMs: 1, limit: 10 });
      const { sql, parameters } = walk.compile();
      const text = plan(sqlite, sql, parameters);
      expect(text).toMatch(/CO-ROUTINE recent\n *SEARCH alerts USING COVERING INDEX alerts_by_time/);
      expect(text).toMatch(/SEARCH facets USING .*rowid=\?/);
      expect(text).not.toMatch(/SCAN (?!recent)|TEMP B-TREE/);
    }
    for (const [filter, ...indexes] of [
      [some, 'sqlite_autoindex_facets_1', 'facets_by_container_name'],
      [{ ...some, container: undefined }, 'facets_by_workload_id', 'facets_by_workload_name'],
      [{ workload: 'w', node: 'n' }, 'facets_by_workload_id', 'facets_by_workload_name'],
      [{ node: 'n', severity: 'critical' }, 'facets_by_node'],
      [{ dimension: 'exec', severity: 'critical' }, 'facets_by_dimension'],
      [{ severity: 'critical' }, 'facets_by_severity'],
    ] as const) {
      const plans = facetQueries(database, filter).map((facetQuery) => {
        const { sql, parameters } = facetQuery(10).compile();
        return /^SEARCH facets USING INDEX (\w+)/.exec(plan(sqlite, sql, parameters))?.[1];
      });
      expect(plans).toEqual(indexes);
    }
    for (const by of countedBy) {
      const { sql, parameters } = countQuery(database, { by, sinceMs: 1, untilMs: 2 * hourMs, limit: 10 }).compile();
      expect(plan(sqlite, sql, parameters)).not.toMatch(/SCAN (alerts|alert_hours|facets)/);
    }
    database.close();
    sqlite.close();
  });
});
