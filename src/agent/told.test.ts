import { expect, test } from 'vitest';
import type { Container } from '../model/container.ts';
import type { LifecycleAction, LifecycleEvent } from '../model/event.ts';
import type { StoredProfile } from '../profile/stored.ts';
import { Told } from './told.ts';

const workload = { id: 'w1', name: 'shop/web', kind: 'compose' } as const;
const judgedMs = 1000;
const stored: StoredProfile = {
  workload,
  createdMs: 0,
  samples: { startup: 0, steady: 0 },
  decay: undefined,
  listeners: [],
  incomplete: {},
  kernelKeys: [],
  removed: [],
  features: (['privileged-start', 'attach'] as const).map((key) => ({
    ...{ dimension: 'lifecycle', key, state: 'judged', startup: 0, steady: 0, weight: { startup: 0, steady: 0 } },
    ...{ firstSeenMs: judgedMs, lastSeenMs: judgedMs },
  })),
};

function before(action: LifecycleAction, createdAtMs: number | undefined, workloadId = 'w1'): boolean {
  const container: Container = {
    ...{ id: 'c1', name: 'web-1', image: 'web:1', digest: '', workload: { ...workload, id: workloadId } },
    ...{ cgroupId: '7', pid: 1, startedAtMs: 0, labels: {}, mounts: [], privileged: true, hostNamespaces: [] },
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
  };
  const event: LifecycleEvent = {
    ...{ kind: 'lifecycle', action, detail: '', containerId: 'c1', cgroupId: '7', timeMs: 5000, source: 'engine' },
  };
  return new Told([stored]).before(event, action, container);
}

test('what a container is was told when an earlier agent judged it after the creation', () => {
  expect(before('privileged-start', judgedMs - 1)).toBe(true);
});

test.each([
  ['a container that was made since', 'privileged-start', judgedMs + 1, 'w1'],
  ['one of unknown age', 'privileged-start', undefined, 'w1'],
  ['another workload', 'privileged-start', judgedMs - 1, 'w2'],
  ['what was never judged', 'engine-socket-mount', judgedMs - 1, 'w1'],
  ['what somebody does to it anew', 'attach', judgedMs - 1, 'w1'],
] as const)('%s is told', (_what, action, createdAtMs, workloadId) => {
  expect(before(action, createdAtMs, workloadId)).toBe(false);
});
