import { expect, test } from 'vitest';
import { marksHead, MarksReader } from '../../src/model/process-marks.ts';
import type { PackedMarks, ProcessMark } from '../../src/model/process-marks.ts';
import { waitFor } from '../support/wait.ts';
import { Harness } from './harness.ts';

const batches: PackedMarks[] = [];
const kernel = new Harness({ marks: { take: (marks) => void batches.push(marks) }, marksPerSecond: 3_000 });

function told(): ProcessMark[] {
  return batches
    .filter(({ cgroupId }) => cgroupId === kernel.container.cgroupId)
    .flatMap(({ bytes }) => {
      const head = marksHead(bytes);
      if (head === undefined) throw new Error('these are no marks');
      const reader = new MarksReader(bytes, head);
      return Array.from({ length: head.count }, (_, i) => reader.mark(i));
    });
}

/** What the kernel lost of the container's processes. */
function lost(): number {
  return kernel.sensor
    .losses()
    .filter(({ cgroupId, hook }) => cgroupId === kernel.container.cgroupId && hook === 'process')
    .reduce((sum, { count }) => sum + count, 0);
}

test('every start and end of a program that is known is told, with who started it and how it ended', async () => {
  await kernel.container.run('/bin/true; /bin/false');
  await kernel.settled();
  kernel.answerAll('known');
  batches.length = 0;
  const beforeMs = Date.now();
  await kernel.container.run('/bin/true; /bin/false');
  const marks = await waitFor('the marks of both', () => {
    const all = told().filter(({ exe }) => /\/(?:true|false)$/u.test(exe));
    return all.length >= 4 ? all : undefined;
  });
  const [started, ended] = marks.filter(({ exe }) => exe.endsWith('/false'));
  expect(marks.map(({ kind }) => kind)).toEqual(['start', 'end', 'start', 'end']);
  expect(started).toMatchObject({ kind: 'start', known: true, uid: 0 });
  expect(started?.parentPid).toBeGreaterThan(0);
  expect(ended).toMatchObject({ kind: 'end', exitCode: 1, signal: 0, pid: started?.pid });
  expect(ended?.execution).toBe(started?.execution);
  expect(ended?.durationMs).toBeGreaterThan(0);
  // The record of an execution, and a mark of another, are of one clock.
  expect(Math.abs((started?.timeMs ?? 0) - beforeMs)).toBeLessThan(60_000);
  // Nothing of what is known was told as an event.
  expect(kernel.seen.filter(({ event }) => event.kind === 'exec' && event.path.endsWith('/false'))).toHaveLength(1);
});

test('thousands of short processes in a container: each start and end is told or counted', async () => {
  await kernel.container.run('/bin/true');
  await kernel.settled();
  kernel.answerAll('known');
  const beforeMs = Date.now();
  // An emulated processor starts some fifty a second.
  const count = process.env['ANCHORWATCH_TEST_PATIENCE'] === undefined ? 10_000 : 1_000;
  await kernel.container.run(`i=0; while [ $i -lt ${String(count)} ]; do /bin/true; i=$((i+1)); done`);
  const sums = await waitFor(
    'all of them',
    () => {
      const marks = told().filter(({ exe, timeMs }) => exe.endsWith('/true') && timeMs >= beforeMs);
      const starts = marks.filter(({ kind }) => kind === 'start');
      return marks.length + lost() >= 2 * count ? { marks, starts } : undefined;
    },
    30_000,
  );
  expect(sums.marks.length + lost()).toBe(2 * count);
  expect(new Set(sums.starts.map(({ execution }) => execution)).size).toBe(sums.starts.length);
}, 120_000);
