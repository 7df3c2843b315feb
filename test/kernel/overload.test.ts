import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { Sensor } from '../../src/sensor/sensor.ts';
import { kernelMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type FakeContainer, makeContainer } from './cgroup.ts';

const missing = kernelMissing();
const files = 200_000;
let sensor: Sensor;
let container: FakeContainer;
let directory: string;
let prefix: string;
let told = 0;
let executions: string[] = [];
let made: string[] = [];

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = mkdtempSync(join(tmpdir(), 'aw-overload-'));
  prefix = join(directory, 'n');
  sensor = new Sensor({
    log: createLogger({ level: 'silent' }),
    recordsPerSecond: 0,
    listener: {
      event: (event) => {
        if (event.kind === 'file' && event.path.startsWith(prefix)) told++;
        if (event.kind === 'exec') executions.push(event.path);
      },
      cgroupMade: (id) => void made.push(id),
      cgroupRemoved: () => undefined,
    },
  });
  await sensor.start();
  container = await makeContainer();
  await waitFor('the kernel to tell of the cgroup', () => made.includes(container.cgroupId));
  sensor.watch({ cgroupId: container.cgroupId, workloadId: 'w', sample: 1, stratum: 'steady' });
});
afterAll(async () => {
  if (missing !== undefined) return;
  await container.stop();
  await sensor.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

function lost(): number {
  return sensor
    .losses()
    .filter(({ cgroupId, hook }) => cgroupId === container.cgroupId && hook === 'open')
    .filter(({ reason }) => reason === 'ring_full' || reason === 'scratch_busy')
    .reduce((sum, { count }) => sum + count, 0);
}

test('while user space stands still the ring fills: what is missing is what was counted, to the record, and no execution is among it', async (context) => {
  if (process.env['ANCHORWATCH_TEST_PATIENCE'] !== undefined)
    context.skip('an emulated processor is too slow to overload anybody');
  // What these open has been told then: only the new files are left to be lost.
  await container.run(`perl -e 1; /usr/bin/uname > /dev/null`);
  // One new file more, told or lost like the others.
  const over = `${prefix}-over`;
  const storm = container.run(
    `perl -e 'for (1..${files}) { open(my $f, ">", "${prefix}$_") or die; close $f; unlink "${prefix}$_" if $_ > 100 }'; /usr/bin/true; echo > ${over}`,
  );
  // The main thread answers nothing until the storm is over: the reader's thread stops to drain, as its bound says.
  const still = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; !existsSync(over) && waitedMs < 90_000; waitedMs += 100) Atomics.wait(still, 0, 0, 100);
  await storm;
  await waitFor('everything that was told', () => executions.some((path) => path.endsWith('/true')), 60_000);
  let before = -1;
  await waitFor(
    'the rings to be empty',
    async () => {
      if (told === before) return true;
      before = told;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return false;
    },
    60_000,
  );
  expect(lost()).toBeGreaterThan(0);
  expect(told).toBeGreaterThan(0);
  expect(told + lost()).toBe(files + 1);
  const node = sensor.counters().lost.filter(({ hook, reason }) => hook === 'exec' && reason === 'ring_full');
  expect(node.map(({ count }) => count)).toEqual([0]);
}, 180_000);

test('the counts of a container that is gone are gone', () => {
  sensor.unwatch(container.cgroupId);
  expect(lost()).toBe(0);
});
