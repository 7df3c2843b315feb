import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileNames, makeNotification, makeStoredAlert } from '../../test/support/notifications.ts';
import type { NotificationEvent } from '../model/notification.ts';
import type { Verdict } from '../model/decision.ts';
import { drawTree, leadingAlert, wordingOf } from './wording.ts';

const decided = (verdict: Verdict, time = '2026-11-23T02:05:00.000Z'): object => ({
  decision: { id: 'd', verdict, by: 'alice', reason: '', time },
});

test.each<[NotificationEvent, Verdict | undefined, string]>([
  ['trigger', undefined, 'New'],
  ['update', undefined, 'Update'],
  ['update', 'acknowledge', 'Update: acknowledged by alice'],
  ['acknowledge', undefined, 'Acknowledged'],
  ['acknowledge', 'acknowledge', 'Acknowledged by alice'],
  ['resolve', undefined, 'Resolved'],
  ['resolve', 'accept', 'Resolved: accepted by alice'],
  ['resolve', 'deny', 'Resolved: denied by alice'],
])('%s, said was %s: %s', (event, verdict, state) => {
  const alerts = [makeStoredAlert(1, verdict === undefined ? {} : decided(verdict)), makeStoredAlert(2)];
  expect(wordingOf(makeNotification({ event, alerts })).state).toBe(state);
});

test('the last decision is told', () => {
  const alerts = [
    makeStoredAlert(1, decided('acknowledge')),
    makeStoredAlert(2, decided('accept', '2026-11-23T03:00:00.000Z')),
  ];
  expect(wordingOf(makeNotification({ event: 'resolve', alerts })).state).toBe('Resolved: accepted by alice');
});

test('the most severe alert leads, then the highest score, then the newest', () => {
  const alerts = [
    makeStoredAlert(1, { severity: 'warning', score: 9 }),
    makeStoredAlert(2, { severity: 'critical', score: 5.1 }),
    makeStoredAlert(3, { severity: 'critical', score: 7 }),
    makeStoredAlert(4, { severity: 'critical', score: 7 }),
  ];
  expect(leadingAlert(alerts)?.id).toBe(alerts[2]?.id);
  expect(leadingAlert([])).toBeUndefined();
});

test('a tree is drawn with its branches, and a large one is cut with a count', () => {
  const leaf = (pid: number): Parameters<typeof drawTree>[0][number] => ({
    pid,
    exe: `/bin/p${String(pid)}`,
    alerts: [],
    children: [],
  });
  const tree = {
    ...leaf(1),
    children: [{ ...leaf(2), children: [{ ...leaf(3), args: ['sh', '-c', 'id'], alerts: ['a'] }] }, leaf(4)],
  };
  expect(drawTree([tree])).toEqual(['/bin/p1 (1)', '├─ /bin/p2 (2)', '│  └─ sh -c id (3) ◀', '└─ /bin/p4 (4)']);
  const many = drawTree(Array.from({ length: 100 }, (_, index) => leaf(index)));
  expect(many).toHaveLength(24);
  expect(many.at(-1)).toBe('… and 77 more');
});

test('whatever names are, everything is on one line each', () => {
  const names = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...hostileNames));
  fc.assert(
    fc.property(names, names, (name, other) => {
      const alerts = [
        makeStoredAlert(1, {
          ...{ title: name, node: other, rules: [name, other], techniques: [other] },
          workload: { id: 'w', name, kind: 'image' },
          process: { pid: 1, exe: name, args: [other, name], uid: 0, cwd: '', ancestors: [{ pid: 2, exe: name }] },
          evidence: { samples: 1, seenInOneSample: 0, coverage: 1, expected: [name, other], note: name },
        }),
      ];
      const {
        where,
        expected,
        tree,
        rules,
        techniques,
        title,
        evidence,
        command = '',
        state,
      } = wordingOf(makeNotification({ alerts, title: name }));
      for (const line of [
        ...where.flat(),
        ...expected,
        ...tree,
        ...rules,
        ...techniques,
        title,
        evidence,
        command,
        state,
      ])
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
