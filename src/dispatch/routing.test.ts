import { expect, test } from 'vitest';
import { healthy, routesOf, standInKind } from '../../test/support/dispatch-world.ts';
import { makeAlert } from '../../test/support/alerts.ts';
import type { Alert, StoredAlert } from '../model/alert.ts';
import { explain } from './explain.ts';
import { InhibitSources } from './inhibit.ts';
import { incomingOf, intakeStages } from './intake.ts';
import type { Intake } from './intake.ts';
import { Silences } from './silences.ts';
import { runStages } from './stage.ts';

const routes = routesOf(
  `
receivers: { team: { standIn: {} }, pager: { standIn: {} }, boss: { standIn: {} }, audit: { standIn: {} } }
route:
  receivers: [team]
  routes:
    - match: { minSeverity: critical }
      receivers: [pager]
      continue: true
      escalation: [{ after: 15m, receivers: [boss] }]
    - match: { workload: 'test/*' }
      receivers: []
    - match: { dimension: [file.read, file.write], severity: [notice, warning, critical] }
      receivers: [audit, team]
      groupBy: [workload]
      continue: true
    - match: { namespace: shop }
      routes: [{ match: { node: worker-3 } }]
inhibit:
  - { source: { dimension: lifecycle }, target: { severity: '!critical' }, equal: [node], for: 10m }
`,
  [
    standInKind(
      () => healthy,
      () => undefined,
      Date.now,
    ),
  ],
);

const nowMs = Date.parse('2026-11-23T10:00:00Z');

function stored(seq: number, changes: Partial<Alert>): StoredAlert {
  return { ...makeAlert(seq, changes), seq, storedAt: new Date(nowMs).toISOString(), hash: '', previousHash: '' };
}

function batchOf(alerts: readonly StoredAlert[], changes: Partial<Intake> = {}): Intake {
  return {
    ...{ nowMs, root: routes.root, silences: new Silences(), inhibit: new InhibitSources(routes.inhibit) },
    ...{ group: () => undefined, escalated: () => [], hasRoom: () => true },
    ...{ verdicts: new Map(), deliveries: [], decided: [], changed: new Map() },
    alerts: alerts.map((alert) => incomingOf(alert, undefined)),
    ...changes,
  };
}

/** Each receiver with the reason: `team routed`. */
function reasons(alerts: readonly StoredAlert[], changes: Partial<Intake> = {}): readonly string[] {
  const batch = runStages(intakeStages, batchOf(alerts, changes));
  const id = alerts.at(-1)?.id ?? '';
  const last: Intake = {
    ...batch,
    alerts: batch.alerts.slice(-1),
    deliveries: batch.deliveries.filter((one) => one.alert.id === id),
    decided: batch.decided.filter((one) => one.alert === id),
    verdicts: new Map([...batch.verdicts].filter(([alert]) => alert === id)),
  };
  const now = { group: () => undefined, departures: () => [], nowMs };
  return explain(routes, last, now).receivers.map(({ receiver, reason }) => `${receiver} ${reason}`);
}

test.each([
  ['a warning', { severity: 'warning' }, ['team routed', 'pager not-routed', 'boss not-routed', 'audit not-routed']],
  ['critical', { severity: 'critical' }, ['team not-routed', 'pager routed', 'boss escalation', 'audit not-routed']],
  ['notice', { severity: 'notice' }, ['team no-route', 'pager no-route', 'boss no-route', 'audit no-route']],
  [
    'notice where it is asked for',
    { severity: 'notice', dimension: 'file.read' },
    ['team routed', 'pager not-routed', 'boss not-routed', 'audit routed'],
  ],
  [
    'critical, and further on',
    { severity: 'critical', dimension: 'file.read' },
    ['team routed', 'pager routed', 'boss escalation', 'audit routed'],
  ],
  [
    'a workload that nobody is told of',
    { severity: 'warning', workload: { id: 'w', name: 'test/a', kind: 'compose' } },
    ['team no-receivers', 'pager no-receivers', 'boss no-receivers', 'audit no-receivers'],
  ],
] as const)('%s', (_, changes, expected) => {
  expect(reasons([stored(1, changes)])).toEqual(expected);
});

test('a silence, a source of inhibition, and an incident hold alerts back', () => {
  const silences = new Silences();
  const base = { id: 's1', by: 'ada', reason: 'planned', createdAt: '', from: '2026-11-23T09:00:00Z' };
  silences.replace([{ ...base, until: '2026-11-23T11:00:00Z', match: { workload: 'shop/*', severity: '!critical' } }]);
  expect(reasons([stored(1, { severity: 'warning' })], { silences })[0]).toBe('team silenced');
  expect(reasons([stored(1, { severity: 'critical' })], { silences })[1]).toBe('pager routed');
  expect(
    reasons([stored(1, { severity: 'warning' })], { silences, nowMs: Date.parse('2026-11-23T11:00:00Z') })[0],
  ).toBe('team routed');

  const source = stored(1, { dimension: 'lifecycle', severity: 'critical' });
  expect(reasons([source, stored(2, { severity: 'warning' })])[0]).toBe('team inhibited');
  expect(reasons([source, stored(2, { severity: 'warning', node: 'other' })])[0]).toBe('team routed');
  expect(reasons([source, stored(2, { severity: 'critical' })])[1]).toBe('pager routed');

  const summary = routesOf(
    'receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  routes:\n    - { continue: true, groupBy: [alert] }\n    - {}\n',
    [
      standInKind(
        () => healthy,
        () => undefined,
        Date.now,
      ),
    ],
  );
  const batch = runStages(
    intakeStages,
    batchOf([stored(1, { incident: 'i1' }), stored(2, {})], { root: summary.root, inhibit: new InhibitSources([]) }),
  );
  expect(batch.decided.map(({ alert, reason }) => `${alert.slice(-1)} ${reason}`)).toEqual(['1 incident-summary']);
  // The one that is part of no incident is told by itself, and with its workload.
  const keys = [...batch.changed.values()].map(({ labels, count }) => `${Object.keys(labels).join()} ${String(count)}`);
  expect(keys.toSorted()).toEqual(['alert 1', 'incident 1', 'workload 1']);
});

test('an alert that two routes bring to one group counts once, and one that comes again not at all', () => {
  const twice = routesOf(
    'receivers: { a: { standIn: {} } }\nroute:\n  receivers: [a]\n  routes: [{ continue: true }, {}]\n',
    [
      standInKind(
        () => healthy,
        () => undefined,
        Date.now,
      ),
    ],
  );
  const first = runStages(intakeStages, batchOf([stored(7, { incident: 'i1' })], { root: twice.root }));
  expect(first.decided.map(({ reason }) => reason)).toEqual(['other-route']);
  const [group] = [...first.changed.values()];
  expect(group?.count).toBe(1);
  const again = runStages(
    intakeStages,
    batchOf([stored(7, { incident: 'i1' })], { root: twice.root, group: () => group }),
  );
  expect(again.decided.map(({ reason }) => reason)).toEqual(['already-in-group', 'other-route']);
  expect(again.changed.size).toBe(0);
});
