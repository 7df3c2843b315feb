import type { Container } from '../../src/model/container.ts';

/** An ordinary container that runs. */
export function makeContainer(changes: Partial<Container> = {}): Container {
  return {
    id: 'a'.repeat(64),
    name: 'web-1',
    image: 'nginx:1.27',
    digest: 'sha256:1',
    workload: { id: 'w', name: 'nginx/web', kind: 'image' },
    cgroupId: '7',
    pid: 100,
    startedAtMs: 0,
    labels: {},
    mounts: [],
    privileged: false,
    hostNamespaces: [],
    ...changes,
  };
}
