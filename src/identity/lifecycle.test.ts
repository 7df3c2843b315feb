import { describe, expect, test } from 'vitest';
import type { Container } from '../model/container.ts';
import { WorkloadHistory, eventFinding, startFindings } from './lifecycle.ts';

const container = (changes: Partial<Container>): Container => ({
  id: 'a'.repeat(64),
  name: 'web-1',
  image: 'nginx',
  digest: 'sha256:1',
  workload: { id: 'w', name: 'nginx/web', kind: 'image' },
  cgroupId: '1',
  pid: 1,
  startedAtMs: 0,
  labels: {},
  mounts: [],
  privileged: false,
  hostNamespaces: [],
  ...changes,
});
const mount = (source: string, readOnly = false, type = 'bind'): Container['mounts'][number] => ({
  ...{ type, source, readOnly },
  destination: '/x',
});
const told = (changes: Partial<Container>): readonly string[] =>
  startFindings(container(changes)).map(({ action, detail }) => `${action} ${detail}`.trim());

describe('what a configuration says', () => {
  test('privileges and namespaces of the node', () => {
    expect(told({})).toEqual([]);
    expect(told({ privileged: true, hostNamespaces: ['pid', 'net'] })).toEqual([
      'privileged-start',
      'host-namespace-start pid',
      'host-namespace-start net',
    ]);
  });

  test.each([
    ['/var/run/docker.sock', 'engine-socket-mount /var/run/docker.sock'],
    ['/run/podman/podman.sock', 'engine-socket-mount /run/podman/podman.sock'],
    ['/', 'host-path-mount /'],
    ['/etc/', 'host-path-mount /etc/'],
    ['/root/.ssh', 'host-path-mount /root/.ssh'],
    ['/var/lib/kubelet/pods', 'host-path-mount /var/lib/kubelet/pods'],
  ])('%s of the node is told', (source, expected) => {
    expect(told({ mounts: [mount(source)] })).toEqual([expected]);
  });

  test('data of its own is not; read-only is said; a volume is no path of the node', () => {
    expect(told({ mounts: [mount('/srv/data'), mount('/etc/localtime'), mount('/home/app/site')] })).toEqual([]);
    expect(told({ mounts: [mount('/proc', true)] })).toEqual(['host-path-mount /proc (read-only)']);
    expect(told({ mounts: [mount('/var/lib/docker/volumes/x/_data', false, 'volume')] })).toEqual([]);
  });
});

describe('what an event says', () => {
  test.each([
    ['exec_create: sh -c id', { action: 'exec-create', detail: 'sh' }],
    ['attach', { action: 'attach', detail: '' }],
    ['archive-path', { action: 'archive', detail: 'out' }],
    ['extract-to-dir', { action: 'archive', detail: 'in' }],
    ['oom', { action: 'oom', detail: '' }],
    ['exec_start: sh', undefined],
    ['resize', undefined],
    ['', undefined],
  ])('%s', (action, expected) => {
    expect(eventFinding(action, [])).toEqual(expected);
  });

  test('the engine’s own health check is nothing to tell, another command is; nothing of its arguments is kept', () => {
    const healthcheck = ['/bin/sh', '-c', 'curl -f localhost'];
    expect(eventFinding('exec_create: /bin/sh -c curl -f localhost', healthcheck)).toBeUndefined();
    expect(eventFinding('exec_create: /bin/sh -c curl -f localhost; id', healthcheck)).toEqual({
      action: 'exec-create',
      detail: '/bin/sh',
    });
    expect(JSON.stringify(eventFinding('exec_create: mysql --password=hunter2', []))).not.toContain('hunter2');
  });
});

describe('what a workload did over time', () => {
  test('three failures within five minutes are a restart loop, told once', () => {
    const history = new WorkloadHistory();
    expect([0, 60_000, 120_000, 130_000].map((timeMs) => history.died('w', timeMs))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  test('slow failures, and those of different workloads, are none', () => {
    const history = new WorkloadHistory();
    expect([0, 200_000, 400_000, 600_000].some((timeMs) => history.died('w', timeMs))).toBe(false);
    expect(['a', 'b', 'c'].some((workload) => history.died(workload, 0))).toBe(false);
  });

  test('another image is a change, the first and the same are not', () => {
    const history = new WorkloadHistory();
    expect(['1', '1', '2', '2', '1'].map((digest) => history.started('w', digest))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
  });
});
