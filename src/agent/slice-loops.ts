import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Alert } from '../model/alert.ts';
import type { Container } from '../model/container.ts';
import type { ContainerRates, RateReport } from '../model/node.ts';
import { BurstLoop } from './burst-loop.ts';
import type { BurstLoopOptions } from './burst-loop.ts';
import { BurstWatch } from './burst-watch.ts';
import type { BurstStore } from './burst-watch.ts';
import { MixLoop } from './mix-loop.ts';
import { MixWatch } from './mix-watch.ts';
import type { MixStore } from './mix-watch.ts';
import { RateLoop } from './rate-loop.ts';
import { RateWatch } from './rate-watch.ts';
import type { RateStore } from './rate-watch.ts';
import type { SliceFindings } from './slice-findings.ts';

export interface SliceLoopsOptions {
  readonly slices: SliceFindings;
  readonly rateStore: RateStore;
  readonly mixStore: MixStore;
  readonly running: () => readonly Container[];
  /** What can be read of each of these containers now, by id; cumulative where `ContainerRates` says so. */
  readonly figures: (containers: readonly Container[]) => ReadonlyMap<string, ContainerRates>;
  /** Bursts are not looked for when left out. `figures`: some of the same, for every second; only of containers that were read before. */
  readonly bursts?: Pick<BurstLoopOptions, 'figures' | 'processes'> & { readonly store: BurstStore };
  /** How often the container made each system call, by its number, since it is watched; undefined where they are not counted. */
  readonly counts: (container: Container) => readonly number[] | undefined;
  readonly raise: (alert: Alert, container: Container) => void;
  readonly sliceMs: number;
  readonly startupMs: number;
  readonly halfLifeMs: number;
  /** Numbers of system calls are those of this machine: `process.arch`. */
  readonly arch: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The detectors of what is counted, with what they read and where they keep it: rates, bursts, and in strict mode the mix of system calls. */
export class SliceLoops {
  readonly #rates: RateLoop;
  readonly #mix: MixLoop;
  readonly #bursts: BurstLoop | undefined;

  /** Loads what was learned; throws what the store throws. */
  constructor({ slices, rateStore, mixStore, figures, bursts, counts, arch, random, ...loop }: SliceLoopsOptions) {
    const { sliceMs, startupMs, halfLifeMs } = loop;
    const rateWatch = new RateWatch({ slices, store: rateStore, halfLifeMs, sliceMs, startupMs });
    const mixWatch = new MixWatch({ slices, store: mixStore, sliceMs, startupMs, arch, random });
    slices.add(rateWatch);
    slices.add(mixWatch);
    this.#rates = new RateLoop({ ...loop, watch: rateWatch, figures });
    this.#mix = new MixLoop({ ...loop, watch: mixWatch, counts });
    if (bursts === undefined) return;
    const burstWatch = new BurstWatch({ slices, store: bursts.store, halfLifeMs, startupMs });
    slices.add(burstWatch);
    this.#bursts = new BurstLoop({ ...loop, ...bursts, watch: burstWatch });
  }

  /** Once a second. */
  tick(): void {
    this.#bursts?.tick();
    this.#rates.tick();
    this.#mix.tick();
  }

  /** A container is gone. */
  forget(containerId: string): void {
    this.#bursts?.forget(containerId);
    this.#rates.forget(containerId);
    this.#mix.forget(containerId);
  }

  /** What is usual for the workload. */
  report(workloadId: string): readonly RateReport[] {
    return this.#rates.report(workloadId);
  }

  /** What was lost, by reason. */
  get lost(): Readonly<Record<string, number>> {
    return { ...this.#rates.lost, ...this.#mix.lost, ...this.#bursts?.lost };
  }

  /** Before the end: saves everything. */
  finish(): void {
    this.#rates.finish();
    this.#mix.finish();
    this.#bursts?.finish();
  }
}
