import type { Dimension } from './feature.ts';

/** A time in which the sensor could not tell everything of a container. */
export interface LossWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly containerId: string;
  readonly container: string;
  readonly workload: string;
  readonly hook: string;
  readonly reason: string;
  readonly count: number;
}

/** Reasons by which something new stays unseen. Of the others part was told, it is told again, or it was known. */
const blinding: ReadonlySet<string> = new Set(['ring_full', 'scratch_busy', 'rate_limited', 'storage_full']);

/** Does a loss of this reason leave something unseen? */
export function blinds(reason: string): boolean {
  return blinding.has(reason);
}

const dimensionsByHook: Readonly<Record<string, readonly Dimension[]>> = {
  exec: ['exec'],
  fork: ['exec'],
  open: ['file.read', 'file.write'],
  change: ['file.write'],
  connect: ['net.out'],
  listen: ['net.listen'],
  accept: ['net.listen'],
  dns: ['dns'],
  call: ['syscall', 'privilege', 'kernel', 'capability'],
};

/** Dimensions of which something is unseen when records of this hook are lost. */
export function dimensionsOfHook(hook: string): readonly Dimension[] {
  return dimensionsByHook[hook] ?? [];
}
