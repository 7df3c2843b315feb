import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import type { Event } from '../../src/model/event.ts';
import { type KernelHandle, Sensor } from '../../src/sensor/sensor.ts';
import type { SensorOptions } from '../../src/sensor/sensor.ts';
import { kernelMissing } from '../support/requirements.ts';
import { waitFor } from '../support/wait.ts';
import { type FakeContainer, makeContainer } from './cgroup.ts';

/** Something that the kernel told, and what it is answered by. */
export interface Seen {
  readonly event: Event;
  readonly handle: KernelHandle;
}

/** A sensor in this kernel, and for each test a container of its own, with a shell in it, and an empty directory. */
export class Harness {
  readonly workload = 'workload-of-the-test';
  seen: Seen[] = [];
  made: string[] = [];
  #sensor: Sensor | undefined;
  #container: FakeContainer | undefined;
  #directory = '';

  /** Registers the hooks of vitest that set it up; tests are skipped where the kernel, or root, is missing. */
  constructor(options: Partial<SensorOptions> = {}) {
    const missing = kernelMissing();
    beforeAll(async () => {
      if (missing !== undefined) return;
      this.#sensor = new Sensor({
        log: createLogger({ level: 'silent' }),
        ...options,
        listener: {
          event: (event, handle) => void this.seen.push({ event, handle }),
          cgroupMade: (id) => void this.made.push(id),
          cgroupRemoved: () => undefined,
        },
      });
      await this.sensor.start();
    });
    afterAll(async () => {
      await this.#sensor?.stop();
    });
    beforeEach(async (context) => {
      if (missing !== undefined) context.skip(missing);
      this.seen = [];
      this.made = [];
      this.#directory = mkdtempSync(join(tmpdir(), 'aw-kernel-'));
      this.#container = await makeContainer();
      await waitFor('the kernel to tell of the cgroup', () => this.made.includes(this.container.cgroupId));
      this.watch(1);
      await this.container.run('true');
    });
    afterEach(async () => {
      if (this.#container === undefined) return;
      await this.#container.stop();
      this.sensor.unwatch(this.#container.cgroupId);
      rmSync(this.#directory, { recursive: true, force: true });
    });
  }

  get sensor(): Sensor {
    if (this.#sensor === undefined) throw new Error('there is no sensor here');
    return this.#sensor;
  }

  get container(): FakeContainer {
    if (this.#container === undefined) throw new Error('there is no container before a test');
    return this.#container;
  }

  get directory(): string {
    return this.#directory;
  }

  /** Moves the container to another sample, of this workload or another. */
  watch(sample: number, workloadId: string = this.workload, capture = false): void {
    this.sensor.watch({ cgroupId: this.container.cgroupId, workloadId, sample, stratum: 'steady', capture });
  }

  answerAll(mark: 'known' | 'judged'): void {
    for (const { event, handle } of this.seen) this.sensor.answer(handle, this.workload, event.kernelKey, mark);
  }

  /** Everything the container did before this has been told when its marker has. */
  async settled(): Promise<void> {
    const marker = join(this.#directory, `marker-${Math.random().toString(36).slice(2)}`);
    await this.container.run(`: > ${marker}`);
    await waitFor('the marker', () => this.seen.find(({ event }) => event.kind === 'file' && event.path === marker));
  }

  /** Texts of the calls that were told, sorted. */
  calls(): readonly string[] {
    return this.seen
      .flatMap(({ event }) =>
        event.kind === 'call' ? [`${event.call} ${event.detail} ${event.error} ${event.text}`.trimEnd()] : [],
      )
      .toSorted();
  }
}
