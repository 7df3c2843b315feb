import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditEvent, eventList } from '../../test/support/audit-events.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/log.ts';
import { createRegistry } from '../lib/metrics.ts';
import type { Registry } from '../lib/metrics.ts';
import type { Alert } from '../model/alert.ts';
import { ApiAudit } from './api-audit.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'anchorwatch-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const listing = { objectRef: { resource: 'secrets', namespace: 'shop' } };
const batch = eventList([auditEvent(1), auditEvent(2, listing)]);

function opened(raise: (alert: Alert) => Promise<void>): { readonly audit: ApiAudit; readonly registry: Registry } {
  const registry = createRegistry();
  const log = createLogger({ level: 'error' });
  const path = join(directory, 'api-profiles.db');
  return { audit: new ApiAudit({ path, raise, registry, clock: systemClock, log }), registry };
}

async function counted(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const metric = await registry.getSingleMetric('anchorwatch_audit_events_total')?.get();
  const values = (metric?.values ?? []).map(({ labels, value }) => [String(labels['outcome']), value] as const);
  return Object.fromEntries(values.filter(([, value]) => value > 0));
}

test('a batch whose alert cannot be stored is not answered as kept; sent again, it is, and so is its alert, once', async () => {
  const stored = new Map<string, Alert>();
  let isFull = true;
  const { audit, registry } = opened(async (alert) => {
    if (isFull) throw new Error('the disk is full');
    stored.set(alert.id, alert);
  });
  await expect(audit.take(batch)).rejects.toThrow('the disk is full');
  expect(await counted(registry)).toEqual({ failed: 2 });
  isFull = false;
  expect(await audit.take(batch)).toEqual({ taken: 2, problems: [] });
  expect([...stored.values()].map(({ key }) => key)).toEqual(['list secrets in shop']);
  expect(await counted(registry)).toEqual({ failed: 2, known: 1, alerted: 1 });
  await audit.stop();
});

test('what was learned is there after a restart; batches that come together are taken one after the other', async () => {
  const first = opened(() => Promise.resolve());
  await Promise.all([first.audit.take(batch), first.audit.take(batch), first.audit.take(eventList([auditEvent(3)]))]);
  expect(await counted(first.registry)).toEqual({ learned: 1, alerted: 1, duplicate: 2, known: 1 });
  await first.audit.stop();
  const second = opened(() => Promise.resolve());
  await second.audit.take(eventList([auditEvent(4)]));
  expect(await counted(second.registry)).toEqual({ known: 1 });
  await second.audit.stop();
});
