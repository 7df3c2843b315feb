import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { RateReport } from '../model/node.ts';
import type { Sensor } from '../sensor/sensor.ts';
import type { Database } from '../store/database.ts';
import type { ProfileSchema } from '../store/profiles.ts';
import { RateModels } from '../store/rate-models.ts';
import { SyscallMixes } from '../store/syscall-mixes.ts';
import { withCounts } from './container-figures.ts';
import { MixLoop } from './mix-loop.ts';
import { MixWatch } from './mix-watch.ts';
import { RateLoop } from './rate-loop.ts';
import type { Rates } from './rates.ts';
import { RateWatch } from './rate-watch.ts';
import type { SliceFindings } from './slice-findings.ts';

export interface SliceLoopsOptions {
  readonly slices: SliceFindings;
  readonly profilesFile: Database<ProfileSchema>;
  readonly running: () => readonly Container[];
  readonly rates: Rates;
  readonly sensor: Sensor | undefined;
  readonly raise: (alert: Alert, container: Container) => void;
  readonly sliceMs: number;
  readonly startupMs: number;
  readonly halfLifeMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The detectors of slices with what they read and where they keep it: rates, and in strict mode the mix of system calls. */
export class SliceLoops {
  readonly #rates: RateLoop;
  readonly #mix: MixLoop;

  /** Loads what was learned; throws what the store throws. */
  constructor({ slices, profilesFile, rates, sensor, startupMs, halfLifeMs, ...loop }: SliceLoopsOptions) {
    const rateWatch = new RateWatch({ slices, store: new RateModels(profilesFile), halfLifeMs, startupMs });
    const mixWatch = new MixWatch({
      ...{ slices, store: new SyscallMixes(profilesFile), sliceMs: loop.sliceMs, startupMs },
      ...{ arch: process.arch, random: Math.random },
    });
    slices.add(rateWatch);
    slices.add(mixWatch);
    this.#rates = new RateLoop({
      ...{ ...loop, watch: rateWatch },
      figures: (running) => withCounts(sensor, running, rates.read(running)),
    });
    this.#mix = new MixLoop({
      ...{ ...loop, watch: mixWatch },
      counts: ({ cgroupId }) => (cgroupId === undefined ? undefined : sensor?.syscallCounts(cgroupId)),
    });
  }

  /** Once a second. */
  tick(): void {
    this.#rates.tick();
    this.#mix.tick();
  }

  /** A container is gone. */
  forget(containerId: string): void {
    this.#rates.forget(containerId);
    this.#mix.forget(containerId);
  }

  /** What is usual for the workload. */
  report(workloadId: string): readonly RateReport[] {
    return this.#rates.report(workloadId);
  }

  /** What was lost, by reason. */
  get lost(): Readonly<Record<string, number>> {
    return { ...this.#rates.lost, ...this.#mix.lost };
  }

  /** Before the end: saves everything. */
  finish(): void {
    this.#rates.finish();
    this.#mix.finish();
  }
}
