import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { alertId, makeAlert } from '../../test/support/alerts.ts';
import { severities } from '../model/alert.ts';
import type { Alert, Severity } from '../model/alert.ts';
import { databaseKinds } from './migration.ts';
import { outboxMigrations } from './outbox-migrations.ts';
import { OutboxStore } from './outbox-store.ts';

let directory: string;
let files: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  files = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ample = { sizeBytesMax: 1e9, ageMsMax: 1e9 };
const newPath = (): string => join(directory, `${String((files += 1))}.db`);
/** Bytes that an alert counts for. */
const sizeOf = (alert: Alert): number => Buffer.byteLength(JSON.stringify(alert)) + 256;
const containerOf = (number: number): Alert['container'] => ({
  ...makeAlert(0).container,
  id: `container-${String(number)}`,
});
const idsOf = (store: OutboxStore): readonly string[] => store.next(1000).waiting.map(({ alert }) => alert.id);

test('offers alerts in order, forgets the copies that were sent and keeps later ones', () => {
  const path = newPath();
  let store = new OutboxStore(path, ample);
  for (const number of [1, 2, 3]) store.put(makeAlert(number));
  const { waiting } = store.next(2);
  expect(waiting.map(({ alert }) => alert.id)).toEqual([alertId(1), alertId(2)]);
  store.put(makeAlert(2, { count: 5 }));
  expect(store.settle(waiting, 'sent')).toEqual({ depth: 2 });
  store.close();
  store = new OutboxStore(path, ample);
  expect(store.next(10)).toMatchObject({
    depth: 2,
    waiting: [{ alert: { id: alertId(2), count: 5 } }, { alert: { id: alertId(3) } }],
  });
  expect(store.settle(store.next(1).waiting, 'refused')).toEqual({ depth: 2 });
  expect(idsOf(store)).toEqual([alertId(3)]);
  store.close();
});

test('never holds more bytes than it may; what goes is the oldest of the lowest severity', () => {
  const alert = fc.record({ severity: fc.constantFrom(...severities), note: fc.integer({ min: 0, max: 4000 }) });
  fc.assert(
    fc.property(fc.array(alert, { minLength: 1, maxLength: 30 }), (pushed) => {
      const sizeBytesMax = 12_000;
      const store = new OutboxStore(newPath(), { sizeBytesMax, ageMsMax: 1e9 });
      let model: Alert[] = [];
      for (const [number, { severity, note }] of pushed.entries()) {
        const evidence = { ...makeAlert(0).evidence, note: 'x'.repeat(note) };
        const next = makeAlert(number, { severity, evidence });
        model.push(next);
        const gone: string[] = [];
        const sizeBytes = (): number => model.reduce((sum, one) => sum + sizeOf(one), 0);
        while (sizeBytes() > sizeBytesMax && model.length > 1) {
          const rank = (one: Alert): number => severities.indexOf(one.severity);
          const least = model.find((one) => rank(one) === Math.min(...model.map(rank)));
          model = model.filter((one) => one !== least);
          gone.push(least?.id ?? '');
        }
        const { depth, dropped } = store.put(next);
        expect(dropped.map((one) => [one.alert.id, one.reason])).toEqual(gone.map((id) => [id, 'size']));
        expect(depth).toBe(model.length);
      }
      expect(idsOf(store).toSorted()).toEqual(model.map(({ id }) => id).toSorted());
      store.close();
    }),
    { numRuns: 20 },
  );
});

test('severe alerts go first, and alerts of one container keep their order', () => {
  const one = fc.record({ severity: fc.constantFrom(...severities), container: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 25 }), (pushed) => {
      const store = new OutboxStore(newPath(), ample);
      for (const [number, { severity, container }] of pushed.entries())
        store.put(makeAlert(number, { severity, container: containerOf(container) }));
      const order = store.next(100).waiting.map(({ alert }) => alert);
      store.close();
      for (const [at, alert] of order.entries()) {
        const later = order.slice(at + 1);
        const same = later.filter(({ container }) => container.id === alert.container.id);
        expect(same.every(({ id }) => id > alert.id)).toBe(true);
        // Whatever stands before a more severe alert goes there because something as severe of its own container waits behind it.
        const rank = ({ severity }: { readonly severity: Severity }): number => severities.indexOf(severity);
        const reason = Math.max(rank(alert), ...same.map(rank));
        expect(later.every((other) => rank(other) <= reason)).toBe(true);
      }
    }),
    { numRuns: 20 },
  );
});

test('drops what waited too long, counted by the time that the agent ran, across restarts', () => {
  const path = newPath();
  let nowMs = 1000;
  const bounds = { sizeBytesMax: 1e9, ageMsMax: 100_000, monotonicMs: () => nowMs };
  let store = new OutboxStore(path, bounds);
  store.put(makeAlert(1));
  nowMs += 70_000;
  store.put(makeAlert(2));
  expect(store.next(10).dropped).toEqual([]);
  store.close();
  // Years may have passed: nothing ran.
  nowMs = 5;
  store = new OutboxStore(path, bounds);
  expect(store.next(10).dropped).toEqual([]);
  nowMs += 40_000;
  expect(store.next(10)).toMatchObject({
    depth: 1,
    dropped: [{ alert: { id: alertId(1) }, reason: 'age' }],
    waiting: [{ alert: { id: alertId(2) } }],
  });
  store.close();
});

test('a file of the first release keeps what waits in it, in the order of urgency', () => {
  const path = newPath();
  const old = new BetterSqlite(path);
  old.exec(outboxMigrations[0]?.sql ?? '');
  old.pragma(`application_id = ${String(databaseKinds.outbox)}`);
  old.pragma('user_version = 1');
  const insert = old.prepare('INSERT INTO outbox (id, severity, revision, refused, alert) VALUES (?, ?, 1, 0, ?)');
  const alerts = [
    makeAlert(1, { severity: 'warning', container: containerOf(1) }),
    makeAlert(2, { severity: 'notice', container: containerOf(2) }),
    makeAlert(3, { severity: 'critical', container: containerOf(2) }),
  ];
  for (const alert of alerts) insert.run(alert.id, severities.indexOf(alert.severity), JSON.stringify(alert));
  old.close();
  const store = new OutboxStore(path, ample);
  expect(idsOf(store)).toEqual([2, 3, 1].map((number) => alertId(number)));
  store.close();
});

test('a row that is damaged is counted and gone, and holds up nothing', () => {
  const path = newPath();
  let store = new OutboxStore(path, ample);
  for (const number of [1, 2, 3, 4]) store.put(makeAlert(number));
  store.close();
  const sqlite = new BetterSqlite(path);
  const bend = sqlite.prepare('UPDATE outbox SET alert = ? WHERE id = ?');
  bend.run('{"id":', alertId(1));
  bend.run('null', alertId(2));
  bend.run(JSON.stringify(makeAlert(9)), alertId(3));
  sqlite.close();
  store = new OutboxStore(path, ample);
  const { waiting, depth, damaged } = store.next(2);
  expect([waiting.map(({ alert }) => alert.id), depth, damaged]).toEqual([[alertId(4)], 1, 3]);
  store.close();
});
