import type { Dimension } from './feature.ts';
import type { HookState } from './node.ts';

/** Dimensions that the sensor sees. */
export const sensorDimensions: readonly Dimension[] = [
  ...(['exec', 'file.read', 'file.write', 'net.out', 'net.listen', 'dns'] as const),
  ...(['syscall', 'capability', 'privilege', 'kernel'] as const),
];

/** How much of a dimension is seen on a node: `partly`: some hooks do not work; `none`: that nothing of it is seen says nothing. */
export interface Observation {
  readonly extent: 'whole' | 'partly' | 'none';
  /** Share of the hooks of the dimension that work. */
  readonly share: number;
  /** What is not seen, and why, for people. */
  readonly gaps: readonly string[];
  /** Names of what does not work or is not asked for: what was learned without them is no evidence about what they tell. */
  readonly without: readonly string[];
}

export type Observations = ReadonlyMap<Dimension, Observation>;

/** A node without hooks of its own to speak of: a scenario, a replay. */
export const everything: Observation = { extent: 'whole', share: 1, gaps: [], without: [] };

/** What else decides what is seen. */
export interface ObservationGround {
  /** Every system call is told by name (`--syscalls all`). */
  readonly allSyscalls: boolean;
  /** An engine, or a cluster's API, tells of the lives of containers. */
  readonly engineConnected: boolean;
}

/** How much of each dimension these hooks see. Pure. */
export function observationsOf(
  hooks: readonly HookState[],
  { allSyscalls, engineConnected }: ObservationGround,
): Observations {
  const all = new Map<Dimension, Observation>(sensorDimensions.map((one) => [one, observationOf(one, hooks)]));
  const syscall = all.get('syscall');
  if (!allSyscalls && syscall !== undefined)
    all.set('syscall', { ...syscall, without: [...syscall.without, '--syscalls all'] });
  const kernel = hooks.some(({ hook, state }) => state === 'attached' && !hook.startsWith('procfs.'));
  const by = (seen: boolean, gap: string): Observation =>
    seen ? everything : { extent: 'none', share: 0, gaps: [gap], without: [] };
  all.set('lifecycle', by(engineConnected, 'no container engine answers'));
  for (const name of ['exec', 'connect', 'dns'])
    all.set(`rate.${name}`, by(kernel, 'counted by the kernel sensor, which does not work here'));
  all.set('syscall.mix', by(kernel && allSyscalls, 'system calls are not counted without --syscalls all'));
  return all;
}

function observationOf(dimension: Dimension, hooks: readonly HookState[]): Observation {
  const feeding = hooks.filter(({ dimensions }) => dimensions?.includes(dimension) === true);
  const missing = feeding.filter(({ state }) => state !== 'attached');
  const [mains, works] = [feeding.filter(({ main }) => main === true), feeding.length - missing.length];
  const blind = mains.length > 0 ? mains.every(({ state }) => state !== 'attached') : works === 0;
  const gaps = missing.map(({ hook, unseen, reason }) => `${unseen === '' ? hook : unseen} (${hook}: ${reason})`);
  return {
    extent: blind ? 'none' : missing.length > 0 ? 'partly' : 'whole',
    share: blind ? 0 : works / feeding.length,
    gaps: gaps.length === 0 && blind ? ['no hook tells of it'] : gaps,
    without: missing.map(({ hook }) => hook),
  };
}

/**
 * Dimensions of which more is seen than when the present samples were counted: these say nothing about the absence of what is seen now.
 * @param before by dimension, what some of the samples were counted without; a dimension that is not there was seen as it is now
 */
export function widened(before: Readonly<Record<string, readonly string[]>>, now: Observations): readonly Dimension[] {
  return [...now].flatMap(([dimension, { extent, without }]) =>
    extent !== 'none' && (before[dimension] ?? []).some((one) => !without.includes(one)) ? [dimension] : [],
  );
}

/** What samples are counted without from now on, beside those of before. Where nothing is seen none are counted. */
export function countedWithout(
  before: Readonly<Record<string, readonly string[]>>,
  now: Observations,
): Readonly<Record<string, readonly string[]>> {
  const wider = new Set<string>(widened(before, now));
  const after: Record<string, readonly string[]> = { ...before };
  for (const [dimension, { extent, without }] of now) {
    if (extent === 'none') continue;
    after[dimension] = wider.has(dimension)
      ? without
      : [...new Set([...(before[dimension] ?? []), ...without])].toSorted();
  }
  return after;
}
