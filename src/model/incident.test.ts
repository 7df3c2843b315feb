import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeAlert } from '../../test/support/alerts.ts';
import { severities } from './alert.ts';
import type { Alert, Severity } from './alert.ts';
import { evidenceMax, growIncident, severityOfIncident } from './incident.ts';
import type { Incident } from './incident.ts';
import { processTree } from './process-tree.ts';
import type { ProcessNode } from './process-tree.ts';

function grown(alerts: readonly Alert[]): { readonly incident: Incident; readonly worst: Severity } {
  let state: { readonly incident: Incident; readonly worst: Severity } | undefined;
  for (const alert of alerts) state = growIncident(state, alert);
  if (state === undefined) throw new Error('no alerts');
  return state;
}

const nginx = { pid: 7, exe: '/usr/sbin/nginx' };
const [uid, cwd] = [33, '/'];
const shell = makeAlert(1, {
  ...{ incident: makeAlert(1).id, severity: 'warning', score: 3.9 },
  title: 'nginx started /bin/sh in shop/web',
  process: { pid: 20, exe: '/bin/sh', args: ['sh'], uid, cwd, ancestors: [nginx] },
});
const shadow = makeAlert(2, {
  ...{ incident: shell.id, severity: 'warning', score: 4.9, dimension: 'file.read', techniques: ['T1003.008'] },
  title: 'cat read /etc/shadow in shop/web',
  process: { pid: 21, exe: '/bin/cat', args: ['cat'], uid, cwd, ancestors: [{ pid: 20, exe: '/bin/sh' }, nginx] },
});
const outside = makeAlert(3, {
  ...{
    incident: shell.id,
    severity: 'warning',
    score: 3.5,
    dimension: 'net.out',
    techniques: [],
    rules: ['new-outbound-port'],
  },
  title: 'curl connected to 203.0.113.7:4444/tcp in shop/web',
  process: { pid: 22, exe: '/usr/bin/curl', args: ['curl'], uid, cwd, ancestors: [{ pid: 20, exe: '/bin/sh' }, nginx] },
});

describe('an incident', () => {
  test('says in one sentence what happened, and is worse than each of its alerts', () => {
    const { incident } = grown([shell, shadow, outside]);
    expect(incident).toMatchObject({
      id: shell.id,
      title: 'A shell was started by nginx in shop/web, which read /etc/shadow and connected to 203.0.113.7:4444/tcp',
      ...{ severity: 'critical', alerts: 3, score: 4.9, state: 'open', opened: shell.time, lastTime: outside.lastTime },
      dimensions: ['exec', 'file.read', 'net.out'],
    });
  });

  test('"which" is only said of the process that was started and those below it', () => {
    const elsewhere = { ...shadow, process: { pid: 40, exe: '/bin/cat', args: [], uid, cwd, ancestors: [nginx] } };
    expect(grown([shell, elsewhere]).incident.title).toBe(
      'A shell was started by nginx in shop/web; cat read /etc/shadow',
    );
    expect(grown([shadow]).incident.title).toBe('cat read /etc/shadow in shop/web');
    const dropped = makeAlert(4, { title: 'sh started /tmp/x in shop/web', rules: ['drift'], techniques: [] });
    expect(grown([dropped]).incident.title).toBe('/tmp/x was started by sh in shop/web');
  });

  test('repetition adds nothing to its severity', () => {
    const { incident } = grown(Array.from({ length: 50 }, (_, number) => ({ ...shell, id: makeAlert(number).id })));
    expect(incident).toMatchObject({ severity: 'warning', alerts: 50 });
    expect(incident.evidence).toHaveLength(1);
  });

  test.each([
    ['warning', 2, 'warning'],
    ['warning', 3, 'critical'],
    ['notice', 9, 'warning'],
    ['critical', 3, 'critical'],
  ] as const)('%s with %i kinds of evidence is %s', (worst, kinds, severity) => {
    expect(severityOfIncident(worst, kinds)).toBe(severity);
  });

  const alertOf = fc
    .record({
      number: fc.nat(500),
      dimension: fc.constantFrom('exec', 'file.read', 'net.out', 'kernel'),
      technique: fc.constantFrom('', 'T1003', 'T1059', 'T1611'),
      severity: fc.constantFrom(...severities),
      score: fc.nat(8),
    })
    .map(({ number, technique, ...rest }) =>
      makeAlert(number, { ...rest, techniques: technique === '' ? [] : [technique], incident: shell.id }),
    );
  const alertsOf = fc.uniqueArray(alertOf, { selector: ({ id }) => id, minLength: 1, maxLength: 40 });

  test('does not depend on the order of its alerts', () => {
    fc.assert(
      fc.property(alertsOf, (alerts) => {
        expect(grown(alerts.toReversed())).toEqual(grown(alerts));
        expect(grown(alerts.toSorted((a, b) => a.score - b.score))).toEqual(grown(alerts));
      }),
    );
  });

  test('is bounded, and never less severe than its worst alert', () => {
    const many = Array.from({ length: 300 }, (_, number) => makeAlert(number, { techniques: [`T${number}`] }));
    const { incident } = grown(many);
    expect(incident.evidence).toHaveLength(evidenceMax);
    expect(incident.techniques).toHaveLength(evidenceMax);
    expect(incident.alerts).toBe(300);
    fc.assert(
      fc.property(alertsOf, (alerts) => {
        const worst = Math.max(...alerts.map(({ severity }) => severities.indexOf(severity)));
        expect(severities.indexOf(grown(alerts).incident.severity)).toBeGreaterThanOrEqual(worst);
      }),
    );
  });
});

describe('processTree', () => {
  const all = (nodes: readonly ProcessNode[]): readonly ProcessNode[] =>
    nodes.flatMap((node) => [node, ...all(node.children)]);

  test('puts processes below what started them, with the alerts that they caused', () => {
    expect(processTree([outside, shell, shadow])).toEqual([
      {
        ...nginx,
        alerts: [],
        children: [
          {
            ...{ pid: 20, exe: '/bin/sh', args: ['sh'], uid, alerts: [shell.id] },
            children: [
              { pid: 21, exe: '/bin/cat', args: ['cat'], uid, alerts: [shadow.id], children: [] },
              { pid: 22, exe: '/usr/bin/curl', args: ['curl'], uid, alerts: [outside.id], children: [] },
            ],
          },
        ],
      },
    ]);
  });

  test('whatever alerts say: every process stands once, every alert at one, no deeper than 64', () => {
    const step = fc.record({
      chain: fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 8 }),
      number: fc.nat(10_000),
    });
    fc.assert(
      fc.property(fc.uniqueArray(step, { selector: ({ number }) => number, maxLength: 60 }), (steps) => {
        const alerts = steps.map(({ chain: [pid = 0, ...ancestors], number }) =>
          makeAlert(number, {
            process: { pid, exe: '/x', args: [], uid, cwd, ancestors: ancestors.map((one) => ({ pid: one, exe: '' })) },
          }),
        );
        const nodes = all(processTree(alerts));
        const pids = new Set(steps.flatMap(({ chain }) => chain));
        expect(new Set(nodes.map(({ pid }) => pid))).toEqual(pids);
        expect(nodes).toHaveLength(pids.size);
        expect(nodes.flatMap((node) => node.alerts).toSorted()).toEqual(alerts.map(({ id }) => id).toSorted());
        const depth = (node: ProcessNode): number => 1 + Math.max(0, ...node.children.map(depth));
        for (const root of processTree(alerts)) expect(depth(root)).toBeLessThanOrEqual(64);
      }),
    );
    const deep = Array.from({ length: 500 }, (_, at) =>
      makeAlert(at, { process: { pid: at + 1, exe: '/x', args: [], uid, cwd, ancestors: [{ pid: at, exe: '/x' }] } }),
    );
    expect(all(processTree(deep))).toHaveLength(501);
  });
});
