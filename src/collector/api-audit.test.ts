import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

function opened(
  raise: (alert: Alert) => Promise<void>,
  rulePaths?: readonly string[],
): { readonly audit: ApiAudit; readonly registry: Registry } {
  const registry = createRegistry();
  const log = createLogger({ level: 'error' });
  const path = join(directory, 'api-profiles.db');
  return { audit: new ApiAudit({ path, rulePaths, raise, registry, clock: systemClock, log }), registry };
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
  expect(await audit.take(batch)).toEqual({ taken: 2, problems: [], sessions: [] });
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

const mine = `rules:
  - id: my-config-maps
    title: Our configuration is read
    dimensions: [api]
    when: event.resource == "configmaps"
    suspicion: 4
    explanation: Because.
    matches: [{ api: list configmaps shop }]
    does not match: [{ api: list pods shop }]
`;

test("users' rules judge requests; mistakes are refused at the start, and at a reload leave the old set in force", async () => {
  const file = join(directory, 'mine.yaml');
  writeFileSync(file, mine.replace('event.resource', 'event.thing'));
  const raised: Alert[] = [];
  const raise = async (alert: Alert): Promise<void> => {
    await Promise.resolve();
    raised.push(alert);
  };
  expect(() => opened(raise, [file])).toThrow(
    expect.objectContaining({
      code: 'rules.invalid',
      message: expect.stringMatching(/mine\.yaml:5:11: my-config-maps/),
    }),
  );
  // A rule about containers may stand in the same file: the agents have the same files.
  writeFileSync(file, `${mine}disabled: [credential-file, api-secrets-listed]\n`);
  const { audit, registry } = opened(raise, [file]);
  const asked = (id: number, resource: string) =>
    audit.take(eventList([auditEvent(id, { objectRef: { resource, namespace: 'shop' } })]));
  await asked(1, 'configmaps');
  expect(raised.map(({ rules }) => rules)).toEqual([['my-config-maps']]);

  writeFileSync(file, mine.replaceAll('my-config-maps', 'my-secrets').replaceAll('configmaps', 'limitranges'));
  audit.reload();
  await asked(2, 'limitranges');
  expect(raised.at(-1)?.rules).toEqual(['my-secrets']);

  writeFileSync(file, 'rules: nothing');
  audit.reload();
  await asked(3, 'limitranges');
  const reloads = await registry.getSingleMetric('anchorwatch_audit_rule_reloads_total')?.get();
  expect(reloads?.values.map(({ labels, value }) => [labels['outcome'], value])).toEqual([
    ['loaded', 1],
    ['refused', 1],
  ]);
  await audit.stop();
});

test('a way into a pod is told once, when it is kept, and not where it was refused', async () => {
  const { audit } = opened(() => Promise.resolve());
  const exec = { objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-1' }, verb: 'get' };
  const started = auditEvent(1, { ...exec, stage: 'ResponseStarted', responseStatus: { code: 101 } });
  const ended = auditEvent(1, { ...exec, responseStatus: { code: 101 } });
  const refused = auditEvent(2, { ...exec, responseStatus: { code: 403 } });
  const told = async (...events: object[]): Promise<readonly string[]> =>
    (await audit.take(eventList(events))).sessions.map(({ name, subresource }) => `${subresource} ${name}`);
  expect(await told(started, started, refused)).toEqual(['exec web-1']);
  expect(await told(started, ended)).toEqual([]);
  await audit.stop();
});
