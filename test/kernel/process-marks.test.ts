import { expect, test } from 'vitest';
import { marksHead, MarksReader } from '../../src/model/process-marks.ts';
import type { PackedMarks, ProcessMark } from '../../src/model/process-marks.ts';
import { waitFor } from '../support/wait.ts';
import { Harness } from './harness.ts';

const batches: PackedMarks[] = [];
const kernel = new Harness({ marks: { take: (marks) => void batches.push(marks) }, marksPerSecond: 500 });

function told(): ProcessMark[] {
  return batches
    .filter(({ cgroupId }) => cgroupId === kernel.container.cgroupId)
    .flatMap(({ bytes }) => {
      const head = marksHead(bytes);
      if (head === undefined) throw new Error('these are no marks');
      const reader = new MarksReader(bytes, head);
      return Array.from({ length: head.count }, (_, i) => reader.mark(i));
    })
    .toSorted((a, b) => a.timeMs - b.timeMs);
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
  // An emulated processor starts some fifty a second.
  const count = process.env['ANCHORWATCH_TEST_PATIENCE'] === undefined ? 5_000 : 1_000;
  await kernel.container.run(`i=0; while [ $i -lt ${String(count)} ]; do /bin/true; i=$((i+1)); done`);
  // With the first, which is told in full where its workload did not know it yet; then no mark is of it.
  const sums = (): { starts: number; ends: number; lost: number; inFull: number } => {
    const kinds = told().flatMap(({ exe, kind }) => (exe.endsWith('/true') ? [kind] : []));
    const starts = kinds.filter((kind) => kind === 'start').length;
    const inFull = kernel.seen.filter(({ event }) => event.kind === 'exec' && event.path.endsWith('/true')).length;
    return { starts, ends: kinds.length - starts, lost: lost(), inFull };
  };
  const all = ({ starts, ends, lost: missing, inFull }: ReturnType<typeof sums>): number =>
    starts + ends + missing + 2 * inFull;
  await waitFor('all of them', () => all(sums()) >= 2 * (count + 1), 30_000).catch((cause: unknown) => {
    throw new Error(JSON.stringify(sums()), { cause });
  });
  expect(all(sums()), JSON.stringify(sums())).toBe(2 * (count + 1));
  const starts = told().filter(({ exe, kind }) => exe.endsWith('/true') && kind === 'start');
  expect(new Set(starts.map(({ execution }) => execution)).size).toBe(starts.length);
}, 120_000);

test('who asks for marks is told what the kernel holds at that time', async () => {
  await kernel.container.run('/bin/true');
  await kernel.settled();
  kernel.answerAll('known');
  await kernel.sensor.fetchMarks();
  batches.length = 0;
  await kernel.container.run('/bin/true; /bin/true');
  await kernel.sensor.fetchMarks();
  // Nothing is waited for here: marks come by themselves only every five seconds.
  const starts = told().filter(({ exe, kind }) => exe.endsWith('/true') && kind === 'start');
  expect(starts).toHaveLength(2);
  // Also where there is nothing.
  await kernel.sensor.fetchMarks();
});
