import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import { makeAlert } from '../../test/support/alerts.ts';
import { makeContainer } from '../../test/support/containers.ts';
import { waitFor } from '../../test/support/wait.ts';
import { snapshotAnswerers } from './answerers.ts';
import { Snapshots } from './snapshots.ts';
import type { SnapshotsOptions, SnapshotTrigger } from './snapshots.ts';
import { Spool } from './spool.ts';

const log = createLogger({ level: 'silent' });
const undo: (() => void | Promise<void>)[] = [];
let directory = '';
let nowMs = 0;
let pids: readonly number[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-snapshots-'));
  nowMs = Date.parse('2026-11-28T09:00:00.000Z');
  const child = spawn('/bin/cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
  pids = [child.pid ?? 0];
  undo.push(
    () => rmSync(directory, { recursive: true, force: true }),
    () => void child.kill('SIGKILL'),
  );
  await waitFor('the program', () => readFileSync(`/proc/${String(child.pid)}/comm`, 'latin1') === 'cat\n');
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

const container: Container = makeContainer();

function open(
  trigger: SnapshotTrigger,
  changes: Partial<SnapshotsOptions> = {},
): { readonly snapshots: Snapshots; readonly spool: Spool } {
  const spool = new Spool({ directory, log, freeBytesMin: 0 });
  let last = 0;
  const snapshots = new Snapshots({
    ...{ spool, log, trigger, node: 'worker-3', agentVersion: '0.1.0', binaries: 'never', taken: () => undefined },
    clock: { nowMs: () => nowMs, monotonicMs: () => performance.now() },
    newId: () => `01M83WF2QNR6SW3BQF0CH${String(++last).padStart(5, '0')}`,
    source: {
      container: (idOrName) => (idOrName === container.id ? container : undefined),
      pids: () => pids,
      engineView: () => Promise.resolve({ inspection: { Id: 'x' }, changes: [], gaps: [] }),
    },
    ...changes,
  });
  undo.push(() => snapshots.stop());
  return { snapshots, spool };
}

const alert = (changes: Partial<Alert> = {}): Alert => ({
  ...makeAlert(1, { container: { id: container.id, name: 'web-1', image: 'nginx', digest: '' } }),
  ...changes,
});

test('a critical alert has one taken, later copies of it and lesser ones do not; everything that was held is let go', async () => {
  const { snapshots, spool } = open('critical');
  const heldBefore = readdirSync('/proc/self/fd').length;
  snapshots.alerted(alert({ severity: 'warning' }));
  snapshots.alerted(alert({ count: 2 }));
  expect(spool.waiting).toEqual([]);
  snapshots.alerted(alert({ incident: makeAlert(3).id }));
  await waitFor('the snapshot', () => spool.waiting.length === 1, 30_000);
  expect(spool.waiting[0]?.manifest).toMatchObject({
    ...{ cause: 'alert', alert: makeAlert(1).id, incident: makeAlert(3).id, node: 'worker-3', processes: 1 },
    // The process of the alert, and the one above it, are none of these.
    gaps: expect.arrayContaining([{ what: 'processes', reason: 'gone', count: 2, detail: '4711' }]) as unknown,
  });
  expect(snapshots.counters).toMatchObject({ taken: 1, failed: { failed: 0, timeout: 0 } });
  // The same container again, soon after; and later.
  snapshots.alerted(alert());
  expect(snapshots.counters.shed['container_limit']).toBe(1);
  nowMs += 600_000;
  snapshots.alerted(alert());
  await waitFor('the second snapshot', () => spool.waiting.length === 2, 30_000);
  await waitFor('what was held', () => readdirSync('/proc/self/fd').length <= heldBefore);
});

test('who asks is told what becomes of it, also through questions of the collector', async () => {
  const { snapshots, spool } = open('demand');
  snapshots.alerted(alert());
  const {
    snapshot,
    snapshots: list,
    'snapshot-archive': archive,
    'snapshot-drop': drop,
  } = snapshotAnswerers(snapshots, spool);
  const { signal } = new AbortController();
  expect(await snapshot?.({ container: 'nobody' }, signal).next()).toEqual({
    done: true,
    value: { outcome: 'shed', reason: 'not_running' },
  });
  const asked = await snapshot?.({ container: container.id, incident: makeAlert(3).id }, signal).next();
  expect(asked?.value).toMatchObject({ outcome: 'taking' });
  await waitFor('the snapshot', () => spool.waiting.length === 1, 30_000);
  const [offer] = spool.waiting;
  expect(offer?.manifest).toMatchObject({ cause: 'request', incident: makeAlert(3).id });
  expect((await list?.({}, signal).next())?.value).toBe(JSON.stringify(offer));
  const id = offer?.manifest.id ?? '';
  const parts: Buffer[] = [];
  for await (const part of archive?.({ id, offset: 10 }, signal) ?? []) parts.push(Buffer.from(part, 'base64'));
  expect(Buffer.concat(parts).length).toBe((offer?.sizeBytes ?? 0) - 10);
  for (const offset of [-1, 1.5, (offer?.sizeBytes ?? 0) + 1, 'x'])
    await expect(archive?.({ id, offset }, signal).next()).rejects.toMatchObject({ code: 'question.invalid' });
  await expect(archive?.({ id: 'other', offset: 0 }, signal).next()).rejects.toMatchObject({
    code: 'question.unknown',
  });
  await expect(snapshot?.({}, signal).next()).rejects.toMatchObject({ code: 'question.invalid' });
  await drop?.({ id }, signal).next();
  expect(spool.waiting).toEqual([]);
});

test('never more than one at work and four that wait; what waits at the end is dropped', async () => {
  let answer: (() => void) | undefined;
  const { snapshots, spool } = open('demand', {
    source: {
      container: () => container,
      pids: () => pids,
      engineView: () =>
        new Promise((resolve) => {
          answer ??= () => resolve({ gaps: [] });
        }),
    },
  });
  const outcomes = Array.from({ length: 6 }, () => {
    nowMs += 10_000;
    return snapshots.request(container.id);
  });
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['taking', 'taking', 'taking', 'taking', 'taking', 'shed']);
  expect(outcomes[5]).toEqual({ outcome: 'shed', reason: 'busy' });
  await snapshots.stop();
  expect(spool.waiting).toEqual([]);
  expect(answer).toBeDefined();
});

test('where they are switched off, none is taken', () => {
  const { snapshots } = open('never');
  snapshots.alerted(alert());
  expect(snapshots.request(container.id)).toEqual({ outcome: 'shed', reason: 'switched_off' });
});
