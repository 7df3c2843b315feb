import type { Dimension } from '../../src/model/feature.ts';
import type { SharedFeature, SharedProfile } from '../../src/model/shared-profile.ts';

const many = { startup: 3, steady: 20 };

/** Features of a dimension that were seen in every sample. */
export function seen(dimension: Dimension, ...keys: readonly string[]): readonly SharedFeature[] {
  return keys.map((key) => ({ dimension, key, state: 'known', count: many, weight: many, nodes: 1 }));
}

/** Features whose alert nobody accepted. */
export function judged(dimension: Dimension, ...keys: readonly string[]): readonly SharedFeature[] {
  return seen(dimension, ...keys).map((feature) => ({ ...feature, state: 'judged' }));
}

/** A profile that rests on enough. */
export function sharedProfile(features: readonly SharedFeature[], changes: Partial<SharedProfile> = {}): SharedProfile {
  return {
    ...{ workload: { id: 'w-web', name: 'shop/web', kind: 'compose' }, asOfMs: 1_795_000_000_000, nodes: 1 },
    ...{ halfLifeMs: 2_592_000_000, samples: many, incomplete: {}, images: [], listeners: [], omitted: 0 },
    features,
    ...changes,
  };
}

/** What every program does: proof that all calls are told of. */
export const everyCall: readonly SharedFeature[] = seen(
  'syscall',
  ...'read write openat close mmap brk fstat execve arch_prctl newfstatat lseek futex epoll_wait socket bind'.split(
    ' ',
  ),
);
