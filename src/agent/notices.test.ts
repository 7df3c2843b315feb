import { expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import { Deduplicator } from '../alert/deduplicate.ts';
import type { Finding } from '../model/alert.ts';
import type { ExecEvent } from '../model/event.ts';
import { Notices } from './notices.ts';

const minuteMs = 60_000;
const event = (timeMs: number, exe: string): ExecEvent => ({
  ...{ kind: 'exec', timeMs, cgroupId: '7', source: 'kernel', origin: 'image', script: '', fromRuntime: false },
  ...{ path: exe, parentExe: '/bin/sh' },
  process: { pid: 9, startTimeNs: '1', comm: 'x', exe, args: [exe], uid: 0, gid: 0, cwd: '/', ancestors: [] },
});
const finding = (key: string): Finding => ({
  ...{ feature: { dimension: 'exec', key }, detector: 'novelty', surprise: 0, suspicion: 0, score: 0 },
  ...{ rules: ['first-use-of-tool'], techniques: [], practices: [], explanation: '' },
  evidence: { samples: 100, seenInOneSample: 0, coverage: 1, expected: [], note: '' },
});

test('first uses are notices without an incident, and what is always something else is told 60 times in a day', () => {
  let id = 0;
  const notices = new Notices({
    ...{ deduplicator: new Deduplicator(), node: 'n', nowMs: () => 0, newId: () => String(++id) },
  });
  const container = makeContainer();
  const told = (exe: string, from: number): number =>
    Array.from({ length: 100 }, (_, index) => (from + index) * minuteMs).filter(
      (timeMs) => notices.ofRule(finding(`${exe} ${timeMs}`), event(timeMs, exe), container) !== undefined,
    ).length;
  expect(notices.ofRule(finding('/bin/dd x'), event(0, '/bin/dd'), container)).toMatchObject({
    ...{ severity: 'notice', key: '/bin/dd x', detector: 'novelty' },
  });
  expect(told('/bin/cat', 0)).toBe(60);
  expect(told('/bin/cp', 100)).toBe(60);
  expect(told('/bin/cat', 200)).toBe(0);
  expect(told('/bin/cat', 1500)).toBe(60);
});
