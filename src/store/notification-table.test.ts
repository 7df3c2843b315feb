import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NotificationRecord } from '../model/notification-record.ts';
import { CollectorFile } from './collector-file.ts';

let directory: string;
let file: CollectorFile;
const open = (): void => {
  file = new CollectorFile(join(directory, 'collector.db'));
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
  open();
});
afterEach(() => {
  file.close();
  rmSync(directory, { recursive: true, force: true });
});

function record(at: number, changes: Partial<NotificationRecord> = {}): NotificationRecord {
  return {
    ...{ receiver: 'a', dedupKey: 'k', event: 'trigger', state: 'sent', severity: 'warning', title: 't', group: {} },
    ...{
      alertsCount: 1,
      attempts: 1,
      reason: 'first',
      time: new Date(Date.UTC(2026, 10, 23) + at * 1000).toISOString(),
    },
    ...changes,
  };
}
const nothing = { put: [], remove: [], records: [] };

test('what was told and what waits is there after a restart, all of a change or nothing', async () => {
  expect(await file.notifications.load()).toEqual({ seq: undefined, decidedMs: 0, groups: [], sent: [] });
  await file.notifications.save({
    ...nothing,
    seq: 7,
    put: [
      { receiver: 'a', key: 'k', body: '1' },
      { receiver: 'b', key: 'k', body: '2' },
    ],
  });
  await file.notifications.save({
    ...nothing,
    decidedMs: 5,
    put: [{ receiver: 'a', key: 'k', body: '3' }],
    remove: [{ receiver: 'b', key: 'k' }],
    records: [record(1)],
  });
  const broken = { ...record(2), time: 'never' };
  await expect(
    file.notifications.save({ ...nothing, seq: 8, put: [{ receiver: 'c', key: 'k', body: '4' }], records: [broken] }),
  ).rejects.toThrow(/NOT NULL/u);
  file.close();
  open();
  const sent = [{ receiver: 'a', timeMs: Date.parse(record(1).time) }];
  expect(await file.notifications.load()).toEqual({ seq: 7, decidedMs: 5, groups: ['3'], sent });
  expect(await file.notifications.forget()).toBe(1);
  expect(await file.notifications.load()).toEqual({ seq: undefined, decidedMs: 0, groups: [], sent });
});

test('records are found by receiver, state and time, the latest first', async () => {
  const records = [record(1), record(2, { receiver: 'b' }), record(3, { state: 'failed' })];
  await file.notifications.save({ ...nothing, records });
  const found = async (query: object): Promise<readonly string[]> =>
    (await file.notifications.list({ limit: 10, ...query })).map(({ time }) => time.slice(17, 19));
  expect(await found({})).toEqual(['03', '02', '01']);
  expect(await found({ limit: 1 })).toEqual(['03']);
  expect(await found({ receiver: 'a' })).toEqual(['03', '01']);
  expect(await found({ state: 'failed' })).toEqual(['03']);
  expect(await found({ sinceMs: Date.parse(record(2).time) })).toEqual(['03', '02']);
});

test('silences are written anew by id, and those that ended long ago are removed', async () => {
  const silence = {
    id: 's1',
    match: {},
    from: '',
    until: '2026-11-23T00:00:00.000Z',
    by: '',
    reason: '',
    createdAt: '',
  };
  const endMs = Date.parse(silence.until);
  await file.silences.put(silence, 0);
  await file.silences.put({ ...silence, reason: 'x' }, 0);
  await file.silences.put({ ...silence, id: 's2', until: '2026-11-24T00:00:00.000Z' }, 0);
  expect((await file.silences.list(endMs - 1, 10)).map(({ id, reason }) => id + reason)).toEqual(['s2', 's1x']);
  expect((await file.silences.list(endMs, 10)).map(({ id }) => id)).toEqual(['s2']);
  await file.silences.put({ ...silence, id: 's3', until: '2026-11-25T00:00:00.000Z' }, endMs + 1);
  expect(await file.silences.get('s1')).toBeUndefined();
  expect((await file.silences.get('s2'))?.id).toBe('s2');
});
