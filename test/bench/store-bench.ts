import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { severities } from '../../src/model/alert.ts';
import { canonicalAlert, chainHash, chainStart } from '../../src/store/chain.ts';
import { CollectorFile } from '../../src/store/collector-file.ts';
import { CollectorReader } from '../../src/store/collector-reader.ts';
import type { AlertFilter } from '../../src/store/alert-reader.ts';
import { alertId, makeAlert } from '../support/alerts.ts';
import { type Figure, percentile99 } from './figures.ts';

const days = 30;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const endMs = Date.UTC(2026, 10, 28);
const beginMs = endMs - days * dayMs;
const workloads = 100;
const nodes = 20;
/** Containers that run at one time; each is replaced after three days. */
const containers = 2000;
const dimensions = ['exec', 'file.write', 'file.read', 'net.out', 'dns', 'privilege', 'syscall', 'rate.cpu'] as const;
/** One alert in so many is of a dimension that there is hardly anything of. */
const rareEvery = 500_000;

/**
 * Pages and counts of a store with many alerts, by every kind of filter: 30 days, 100 workloads on 20 nodes, 2,000 containers that are replaced
 * every three days. What is asked for changes with every question, and questions about the distant past are among them.
 * @param rows alerts in the store, in a directory for temporary files
 * @param say progress
 */
export async function benchStore(
  rounds: number,
  rows: number,
  say: (text: string) => void,
): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'anchorwatch-bench-'));
  try {
    const path = join(directory, 'collector.db');
    const madeMs = performance.now();
    const facets = fill(path, rows, say);
    say(
      `store: ${rows} alerts of ${facets} facets, ${Math.round(statSync(path).size / 1e6)} MB, made in ${Math.round((performance.now() - madeMs) / 1000)} s`,
    );
    const pages: number[] = [];
    const slowest: number[] = [];
    const counts: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const reader = new CollectorReader(path);
      const all: number[] = [];
      for (const [name, filterOf] of Object.entries(filters)) {
        const times = Array.from({ length: 20 }, (_, turn) =>
          timeOf(() => reader.list({ limit: 101, ...filterOf(turn + round * 20) })),
        );
        if (round === 0)
          say(`  ${name.padEnd(44)} median ${middle(times)} ms, slowest ${Math.max(...times).toFixed(1)} ms`);
        all.push(...times);
      }
      pages.push(percentile99(all));
      slowest.push(Math.max(...all));
      for (const by of ['workload', 'severity', 'dimension', 'node'] as const) {
        const times = Array.from({ length: 10 }, (_, turn) => {
          const sinceMs = endMs - (1 + turn) * dayMs - 1_234_567;
          return timeOf(() => reader.counts({ by, sinceMs, untilMs: sinceMs + dayMs, limit: 1000 }));
        });
        if (round === 0)
          say(
            `  ${`counts of a day by ${by}`.padEnd(44)} median ${middle(times)} ms, slowest ${Math.max(...times).toFixed(1)} ms`,
          );
        if (by === 'workload') counts.push(Math.max(...times));
      }
      reader.close();
    }
    return [
      { name: 'store', metric: 'alerts', all: [rows], unit: 'alerts' },
      { name: 'store', metric: 'pageP99Ms', all: pages, unit: 'ms', mark: 50 },
      { name: 'store', metric: 'pageSlowestMs', all: slowest, unit: 'ms' },
      { name: 'store', metric: 'countsSlowestMs', all: counts, unit: 'ms', mark: 300 },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Filter = Omit<AlertFilter, 'limit'>;
const workloadOf = (turn: number): string => `shop/service-${String((turn * 7) % workloads)}`;
const past = (turn: number): NonNullable<Filter['before']> => ({
  timeMs: beginMs + ((turn * 37) % 700) * hourMs,
  seq: 1,
});
const filters: Readonly<Record<string, (turn: number) => Filter>> = {
  'the latest': () => ({}),
  'before some time': (turn) => ({ before: past(turn) }),
  'a workload': (turn) => ({ workload: workloadOf(turn) }),
  'a workload by id, before some time': (turn) => ({ workload: `w-${workloadOf(turn)}`, before: past(turn) }),
  'a container': (turn) => ({ container: containerId(turn * 97, turn % 10) }),
  'a container by 12 digits': (turn) => ({ container: containerId(turn * 31, 3).slice(0, 12) }),
  'a name of many containers': (turn) => ({ container: containerName(turn * 13) }),
  'a node': (turn) => ({ node: `node-${String(turn % nodes)}` }),
  'a severity': () => ({ severity: 'critical' }),
  'a severity, before some time': (turn) => ({ severity: 'critical', before: past(turn) }),
  'a dimension': (turn) => ({ dimension: dimensions[turn % dimensions.length] }),
  'a rare dimension': () => ({ dimension: 'kernel' }),
  'a rare dimension, before some time': (turn) => ({ dimension: 'kernel', before: past(turn) }),
  'workload, severity, dimension': (turn) => ({ workload: workloadOf(turn), severity: 'warning', dimension: 'exec' }),
  'workload, node, dimension, some hours': (turn) => {
    const sinceMs = past(turn).timeMs;
    return {
      workload: workloadOf(turn),
      node: `node-${String(turn % nodes)}`,
      dimension: 'dns',
      sinceMs,
      untilMs: sinceMs + 6 * hourMs,
    };
  },
  'node, rare dimension': (turn) => ({ node: `node-${String(turn % nodes)}`, dimension: 'kernel' }),
  'node, severity, before some time': (turn) => ({
    node: `node-${String(turn % nodes)}`,
    severity: 'critical',
    before: past(turn),
  }),
  'nothing: a workload that is not there': () => ({ workload: 'shop/none', severity: 'warning' }),
  'nothing: a time that is not there': (turn) => ({ workload: workloadOf(turn), sinceMs: endMs + dayMs }),
};

function middle(times: readonly number[]): string {
  return (times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0).toFixed(1);
}

function timeOf(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function containerId(slot: number, generation: number): string {
  return `${String(slot % containers).padStart(6, '0')}${String(generation).padStart(6, '0')}`.padEnd(64, 'a');
}

function containerName(slot: number): string {
  return `service-${String(slot % containers)}`;
}

/** Writes the rows as the store would, but its journal and indexes last: a minute for a million instead of ten. Answers how many facets there are. */
function fill(path: string, rows: number, say: (text: string) => void): number {
  new CollectorFile(path).close();
  const sqlite = new BetterSqlite(path);
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -65536']) sqlite.pragma(pragma);
  const indexes = sqlite
    .prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'alerts' AND sql IS NOT NULL")
    .pluck()
    .all() as string[];
  for (const name of ['alerts_by_time', 'alerts_by_facet', 'alerts_by_incident']) sqlite.exec(`DROP INDEX ${name}`);
  const insert = sqlite.prepare('INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)');
  const addFacet = sqlite.prepare('INSERT INTO facets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const addHour = sqlite.prepare('INSERT INTO alert_hours VALUES (?, ?, ?)');
  const facets = new Map<
    string,
    { facet: number; alerts: number; firstMs: number; lastMs: number; hours: Map<number, number> }
  >();
  let previous = chainStart;
  let random = 1;
  const next = (below: number): number => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((random / 2 ** 32) * below);
  };
  const step = 100_000;
  for (let from = 0; from < rows; from += step) {
    sqlite.transaction(() => {
      for (let number = from; number < Math.min(rows, from + step); number += 1) {
        const timeMs = Math.floor(beginMs + ((endMs - beginMs) * number) / rows) - next(60_000);
        // A few containers have most of the alerts.
        const slot = Math.min(next(containers), next(containers));
        const workload = `shop/service-${String(slot % workloads)}`;
        const time = new Date(timeMs).toISOString();
        const alert = makeAlert(0, {
          ...{ id: alertId(number), time, lastTime: time, node: `node-${String(slot % nodes)}` },
          severity: severities[Math.min(next(3), next(3))] ?? 'notice',
          dimension: number % rareEvery === 7 ? 'kernel' : (dimensions[next(dimensions.length)] ?? 'exec'),
          workload: { id: `w-${workload}`, name: workload, kind: 'compose' },
          container: {
            ...{ id: containerId(slot, Math.floor((timeMs - beginMs) / (3 * dayMs))), name: containerName(slot) },
            ...{ image: 'registry.example/shop/service:1.27', digest: 'sha256:0' },
          },
        });
        const { container, severity, dimension, node } = alert;
        const key = `${container.id} ${severity} ${dimension}`;
        let facet = facets.get(key);
        if (facet === undefined) {
          facet = { facet: facets.size + 1, alerts: 0, firstMs: timeMs, lastMs: timeMs, hours: new Map() };
          facets.set(key, facet);
          const place = [node, alert.workload.id, workload, container.id, container.name];
          addFacet.run(facet.facet, severities.indexOf(severity), dimension, ...place, 0, 0, 0);
        }
        facet.alerts += 1;
        facet.firstMs = Math.min(facet.firstMs, timeMs);
        facet.lastMs = Math.max(facet.lastMs, timeMs);
        const hour = Math.floor(timeMs / hourMs);
        facet.hours.set(hour, (facet.hours.get(hour) ?? 0) + 1);
        const text = canonicalAlert(alert);
        const hash = chainHash(previous, text);
        insert.run(number + 1, alert.id, timeMs, facet.facet, null, text, time, time, previous, hash);
        previous = hash;
      }
    })();
    if ((from / step) % 10 === 9) say(`store: ${from + step} alerts written`);
  }
  const settle = sqlite.prepare('UPDATE facets SET alerts = ?, first_ms = ?, last_ms = ? WHERE facet = ?');
  sqlite.transaction(() => {
    for (const { facet, alerts, firstMs, lastMs, hours } of facets.values()) {
      settle.run(alerts, firstMs, lastMs, facet);
      for (const [hour, count] of [...hours].toSorted(([a], [b]) => a - b)) addHour.run(hour, facet, count);
    }
  })();
  for (const sql of indexes) sqlite.exec(sql);
  sqlite.pragma('journal_mode = WAL');
  sqlite.close();
  rmSync(`${path}.head`, { force: true });
  return facets.size;
}
