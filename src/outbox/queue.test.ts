import { expect, test } from 'vitest';
import { alertId, makeAlert } from '../../test/support/alerts.ts';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import { AlertQueue } from './queue.ts';
import type { OutboxFile, Parcel, Waiting } from './queue.ts';

/** A file in memory on a disk that is full when it is told to be: it can be read then, and not written. */
class FullableFile implements OutboxFile {
  readonly rows: Waiting[] = [];
  full = false;

  put(...alerts: readonly Alert[]): { depth: number; dropped: [] } {
    this.#write();
    this.rows.push(...alerts.map((alert) => ({ alert, revision: 1 })));
    return { depth: this.rows.length, dropped: [] };
  }

  next(limit: number): { waiting: Waiting[]; depth: number; dropped: []; damaged: number } {
    return { waiting: this.rows.slice(0, limit), depth: this.rows.length, dropped: [], damaged: 0 };
  }

  settle(waiting: readonly Waiting[]): { depth: number } {
    this.#write();
    for (const { alert } of waiting) {
      const at = this.rows.findIndex((row) => row.alert.id === alert.id);
      if (at >= 0) this.rows.splice(at, 1);
    }
    return { depth: this.rows.length };
  }

  #write(): void {
    if (this.full) throw new Error('no space left');
  }
}

const numbers = (parcel: Parcel | undefined): readonly string[] => parcel?.waiting.map(({ alert }) => alert.id) ?? [];
const ids = (...all: readonly number[]): readonly string[] => all.map((number) => alertId(number));

test('a full disk changes the order of nothing: first what the file holds, then what waits in memory, then the file again', () => {
  const file = new FullableFile();
  const queue = new AlertQueue(file, 10, createLogger({ level: 'silent' }));
  for (const number of [1, 2, 3]) queue.add(makeAlert(number));
  file.full = true;
  expect(queue.add(makeAlert(4))).toBe(false);
  expect(queue.add(makeAlert(5))).toBe(false);
  const first = queue.take(2);
  expect([first?.from, numbers(first)]).toEqual(['file', ids(1, 2)]);
  if (first !== undefined) queue.settle(first, 'sent');
  // The file cannot forget them: they are not offered again all the same.
  const second = queue.take(2);
  expect([second?.from, numbers(second)]).toEqual(['file', ids(3)]);
  if (second !== undefined) queue.settle(second, 'sent');
  expect([queue.take(5)?.from, numbers(queue.take(5))]).toEqual(['memory', ids(4, 5)]);
  expect(queue.blocked).toBe(true);

  file.full = false;
  // What comes now does not overtake what waits in memory.
  expect(queue.add(makeAlert(6))).toBe(true);
  const last = queue.take(5);
  expect([last?.from, numbers(last)]).toEqual(['file', ids(4, 5, 6)]);
  if (last !== undefined) queue.settle(last, 'sent');
  expect([queue.depth, queue.blocked, file.rows]).toEqual([0, false, []]);
});

test('in memory too severe alerts go first, each with what waits before it of the same container, and the least severe makes room', () => {
  const file = new FullableFile();
  const queue = new AlertQueue(file, 4, createLogger({ level: 'silent' }));
  file.full = true;
  const other = { ...makeAlert(0).container, id: 'other' };
  queue.add(makeAlert(1, { severity: 'warning' }));
  queue.add(makeAlert(2, { severity: 'notice', container: other }));
  queue.add(makeAlert(3, { severity: 'notice' }));
  queue.add(makeAlert(4, { severity: 'critical', container: other }));
  expect(numbers(queue.take(9))).toEqual(ids(2, 4, 1, 3));
  queue.add(makeAlert(5));
  expect(numbers(queue.take(9))).toEqual(ids(1, 3, 4, 5));
  expect(queue.counters.dropped.notice).toEqual({ size: 0, age: 0, memory: 1 });
});
