import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeAlert } from '../../test/support/alerts.ts';
import type { ChainFault } from '../model/chain.ts';
import { canonicalAlert, chainHash } from './chain.ts';
import { disputedPath, headPath } from './chain-head.ts';
import { CollectorFile } from './collector-file.ts';
import { verifyFile } from './verify-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  path = join(directory, 'collector.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const dayMs = 86_400_000;
const incident = makeAlert(1).id;

/** A closed store with alerts 1 to 6, one a day; the last is seen twice. */
function fill(): void {
  const file = new CollectorFile(path);
  for (let day = 1; day <= 6; day += 1) file.append([[canonicalAlert(makeAlert(day, { incident }))]], day * dayMs);
  file.append([[canonicalAlert(makeAlert(6, { incident, count: 3 }))]], 6 * dayMs);
  file.close();
}

function change(sql: string): void {
  const sqlite = new BetterSqlite(path);
  sqlite.exec(sql);
  sqlite.close();
}

function faultOf(): Pick<ChainFault, 'seq' | 'what'> | undefined {
  const { fault } = verifyFile(path);
  return fault === undefined ? undefined : { seq: fault.seq, what: fault.what };
}

describe('a chain', () => {
  beforeEach(fill);

  test('that nobody touched is whole, with an alert that was seen again', () => {
    expect(verifyFile(path)).toMatchObject({ alerts: 6, removed: 0, end: { seq: 6 } });
    expect(faultOf()).toBeUndefined();
  });

  test.each([
    ['the text', "UPDATE alerts SET alert = replace(alert, '/bin/sh', '/bin/ls') WHERE seq = 3", 3, 'hash'],
    ['one byte of a number in it', "UPDATE alerts SET alert = replace(alert, '6.2', '1.2') WHERE seq = 3", 3, 'hash'],
    ['the hash', "UPDATE alerts SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 3", 3, 'hash'],
    ['the previous hash', "UPDATE alerts SET previous_hash = 'x' WHERE seq = 3", 3, 'link'],
    ['the time beside the text', 'UPDATE alerts SET time_ms = time_ms + 1 WHERE seq = 3', 3, 'column'],
    ['the id beside the text', "UPDATE alerts SET id = 'x' WHERE seq = 3", 3, 'column'],
    ['the incident beside the text', 'UPDATE alerts SET incident = NULL WHERE seq = 3', 3, 'column'],
    ['the count, to less', 'UPDATE alerts SET count = 0 WHERE seq = 3', 3, 'column'],
    ['the time of the last sighting', "UPDATE alerts SET last_time = '2031' WHERE seq = 3", 3, 'column'],
    ['the severity of what they have in common', 'UPDATE facets SET severity = 0', 1, 'column'],
    ['the container of what they have in common', "UPDATE facets SET container_name = 'x'", 1, 'column'],
    ['what they have in common, away', 'DELETE FROM facets', 1, 'column'],
    ['a number, to one that leaves a gap', 'UPDATE alerts SET seq = 9 WHERE seq = 6', 6, 'gap'],
  ])('of which was altered: %s', (_what, sql, seq, what) => {
    change(sql);
    expect(faultOf()).toEqual({ seq, what });
  });

  test.each([
    ['in the middle', 'DELETE FROM alerts WHERE seq = 3', 3, 'gap'],
    ['at the beginning', 'DELETE FROM alerts WHERE seq <= 2', 1, 'gap'],
    [
      'and those after it renumbered',
      'DELETE FROM alerts WHERE seq = 3; UPDATE alerts SET seq = seq - 1 WHERE seq > 3',
      3,
      'link',
    ],
    ['at the end', 'DELETE FROM alerts WHERE seq = 6', 6, 'truncated'],
    ['all of them', 'DELETE FROM alerts', 1, 'truncated'],
    [
      'in the name of retention',
      'UPDATE chain_anchor SET seq = 2, removed = 2, hash = (SELECT hash FROM alerts WHERE seq = 2); DELETE FROM alerts WHERE seq <= 2',
      1,
      'anchor',
    ],
  ])('of which was removed: one %s', (_what, sql, seq, what) => {
    change(sql);
    expect(faultOf()).toEqual({ seq, what });
  });

  test('into which one was inserted', () => {
    const text = canonicalAlert(makeAlert(50));
    change('UPDATE alerts SET seq = -seq WHERE seq > 3; UPDATE alerts SET seq = 1 - seq WHERE seq < 0');
    const sqlite = new BetterSqlite(path);
    const { hash } = sqlite.prepare('SELECT hash FROM alerts WHERE seq = 3').get() as { hash: string };
    sqlite
      .prepare(
        "INSERT INTO alerts SELECT 4, 'x', time_ms, facet, incident, ?, 1, last_time, stored_at, ?, ? FROM alerts WHERE seq = 3",
      )
      .run(text, hash, chainHash(hash, text));
    sqlite.close();
    expect(faultOf()).toEqual({ seq: 4, what: 'column' });
    change(
      "UPDATE alerts SET (id, time_ms, last_time, incident) = (json_extract(alert, '$.id'), 1795399200050, json_extract(alert, '$.lastTime'), NULL) WHERE seq = 4",
    );
    expect(faultOf()).toEqual({ seq: 5, what: 'link' });
  });

  test.each([0, -1, -9_000_000_000])('before which one was inserted: %s', (seq) => {
    change(
      `INSERT INTO alerts SELECT ${String(seq)}, 'x', time_ms, facet, incident, alert, 1, last_time, stored_at, previous_hash, hash FROM alerts WHERE seq = 4`,
    );
    expect(faultOf()).toEqual({ seq, what: 'inserted' });
  });

  test('wherever it was touched: the first place is named', () => {
    const whole = [path, headPath(path)].map((file) => [file, readFileSync(file)] as const);
    const places = [1, 2, 3, 4, 5, 6];
    const found = places.flatMap((seq) =>
      [
        `UPDATE alerts SET alert = replace(alert, '/bin/sh', '/bin/ls') WHERE seq >= ${String(seq)}`,
        `DELETE FROM alerts WHERE seq = ${String(seq)}`,
        `INSERT INTO alerts SELECT 7, 'x', time_ms, facet, incident, alert, 1, last_time, stored_at, previous_hash, hash FROM alerts WHERE seq = ${String(seq)}`,
        `UPDATE alerts SET seq = -seq WHERE seq >= ${String(seq)}; UPDATE alerts SET seq = ${String(seq + 6)} + seq WHERE seq < 0`,
      ].map((sql) => {
        for (const [file, bytes] of whole) writeFileSync(file, bytes);
        change(sql);
        const fault = faultOf();
        return `${String(fault?.seq)} ${fault?.what ?? ''}`;
      }),
    );
    // Turned round from a place on: of the last alone nothing is changed.
    expect(found).toEqual(
      places.flatMap((seq) => [
        `${String(seq)} hash`,
        `${String(seq)} ${seq === 6 ? 'truncated' : 'gap'}`,
        '7 link',
        seq === 6 ? 'undefined ' : `${String(seq)} link`,
      ]),
    );
  });

  test('that was computed anew from the first alert on does not fit the record of its end', () => {
    const sqlite = new BetterSqlite(path);
    let previous = '0'.repeat(64);
    for (const { seq, alert } of sqlite.prepare('SELECT seq, alert FROM alerts ORDER BY seq').all() as {
      seq: number;
      alert: string;
    }[]) {
      const text = alert.replace('/bin/sh', '/bin/ls');
      const hash = chainHash(previous, text);
      sqlite
        .prepare('UPDATE alerts SET alert = ?, previous_hash = ?, hash = ? WHERE seq = ?')
        .run(text, previous, hash, seq);
      previous = hash;
    }
    sqlite.close();
    expect(faultOf()).toEqual({ seq: 6, what: 'rewritten' });
  });

  test('without the record of its end cannot be told from one that was cut off', () => {
    rmSync(headPath(path));
    expect(faultOf()).toEqual({ seq: 7, what: 'head' });
    writeFileSync(headPath(path), 'nonsense');
    expect(faultOf()).toEqual({ seq: 7, what: 'head' });
  });

  test('that was cut off while no collector ran stays disputed when one has run on', () => {
    change('DELETE FROM alerts WHERE seq = 6');
    let file = new CollectorFile(path);
    expect(file.opened().fault).toMatch(/ended at 6 .* now it ends at 5/);
    file.append([[canonicalAlert(makeAlert(7))]], 7 * dayMs);
    file.close();
    expect(faultOf()).toEqual({ seq: 6, what: 'head' });
    file = new CollectorFile(path);
    expect(file.opened().fault).toBeUndefined();
    file.close();
    expect(faultOf()).toEqual({ seq: 6, what: 'head' });
    rmSync(disputedPath(path));
    expect(faultOf()).toBeUndefined();
  });
});

describe('retention', () => {
  beforeEach(fill);

  test('removes by age from the beginning, and what is left proves it', () => {
    const file = new CollectorFile(path);
    expect(file.retain({ ageMs: 3 * dayMs, sizeBytes: Infinity }, 7 * dayMs)).toMatchObject({
      alerts: 3,
      reason: 'age',
      more: false,
    });
    expect(file.retain({ ageMs: 3 * dayMs, sizeBytes: Infinity }, 7 * dayMs)).toMatchObject({ alerts: 0 });
    file.append([[canonicalAlert(makeAlert(7))]], 7 * dayMs);
    file.close();
    expect(verifyFile(path)).toMatchObject({ alerts: 4, removed: 3, end: { seq: 7 } });
    expect(faultOf()).toBeUndefined();
  });

  test.each([
    ['one more is removed', 'DELETE FROM alerts WHERE seq = 4', 4, 'gap'],
    [
      'one is put back',
      "INSERT INTO alerts SELECT 2, 'x', time_ms, facet, incident, alert, 1, last_time, stored_at, previous_hash, hash FROM alerts WHERE seq = 4",
      2,
      'inserted',
    ],
    [
      'one more is removed, and the anchor moved',
      'UPDATE chain_anchor SET seq = 4, hash = (SELECT hash FROM alerts WHERE seq = 4); DELETE FROM alerts WHERE seq = 4',
      4,
      'anchor',
    ],
    ['the anchor has another hash', "UPDATE chain_anchor SET hash = 'x'", 4, 'link'],
  ])('is no excuse: %s', (_what, sql, seq, what) => {
    const file = new CollectorFile(path);
    file.retain({ ageMs: 3 * dayMs, sizeBytes: Infinity }, 7 * dayMs);
    file.close();
    change(sql);
    expect(faultOf()).toEqual({ seq, what });
  });

  test('that removes everything leaves a chain that goes on', () => {
    let file = new CollectorFile(path);
    expect(file.retain({ ageMs: 1, sizeBytes: Infinity }, 90 * dayMs)).toMatchObject({ alerts: 6 });
    file.close();
    expect(verifyFile(path)).toMatchObject({ alerts: 0, removed: 6, end: { seq: 6 } });
    file = new CollectorFile(path);
    file.append([[canonicalAlert(makeAlert(7))]], 90 * dayMs);
    file.close();
    expect(verifyFile(path)).toEqual({
      ...{ alerts: 1, removed: 6, end: { seq: 7, hash: expect.any(String) } },
      audit: { records: 0, removed: 0, end: { seq: 0, hash: '0'.repeat(64) } },
    });
  });

  test('by size removes the oldest in small steps, gives the space back, and the incidents that were over by then', () => {
    const file = new CollectorFile(path);
    file.closeIncidents(7 * dayMs, 7 * dayMs);
    const key = 'x'.repeat(3000);
    for (let at = 10; at < 2010; at += 100)
      file.append(
        [Array.from({ length: 100 }, (_, index) => canonicalAlert(makeAlert(at + index, { key })))],
        7 * dayMs,
      );
    const [before, bound] = [file.sizes().usedBytes, 2_000_000];
    expect(before).toBeGreaterThan(3 * bound);
    let removed = { alerts: 0, incidents: 0 };
    for (let more = true; more;) {
      const step = file.retain({ ageMs: 90 * dayMs, sizeBytes: bound }, 8 * dayMs);
      removed = { alerts: removed.alerts + step.alerts, incidents: removed.incidents + step.incidents };
      expect(step.alerts).toBeLessThanOrEqual(200);
      more = step.more;
    }
    while (file.shrink());
    const { usedBytes, freeBytes } = file.sizes();
    expect(usedBytes).toBeLessThanOrEqual(bound);
    expect(freeBytes).toBeLessThan(2_000_000);
    expect(removed).toMatchObject({ alerts: expect.any(Number), incidents: 1 });
    file.close();
    const verdict = verifyFile(path);
    expect(verdict.fault).toBeUndefined();
    expect(verdict.alerts).toBe(2006 - removed.alerts);
    expect(verdict.alerts).toBeGreaterThan(100);
    expect(JSON.parse(readFileSync(headPath(path), 'utf8'))).toMatchObject({ seq: 2006, removedSeq: removed.alerts });
  });
});
