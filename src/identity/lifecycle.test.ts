import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeContainer } from '../../test/support/containers.ts';
import type { Container } from '../model/container.ts';
import { WorkloadHistory, eventFinding, startFindings } from './lifecycle.ts';

const mount = (source: string, readOnly = false, type = 'bind'): Container['mounts'][number] => ({
  ...{ type, source, readOnly },
  destination: '/x',
});
const told = (changes: Partial<Container>): readonly string[] =>
  startFindings(makeContainer(changes)).map(({ action, detail }) => `${action} ${detail}`.trim());

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
    ['/run/containerd/containerd.sock', 'engine-socket-mount /run/containerd/containerd.sock'],
    ['/run/crio/crio.sock', 'engine-socket-mount /run/crio/crio.sock'],
    ['/run/user/1000/docker.sock', 'engine-socket-mount /run/user/1000/docker.sock'],
    ['/', 'host-path-mount /'],
    ['//', 'host-path-mount //'],
    ['/etc/.', 'host-path-mount /etc/.'],
    ['/srv/../root//x', 'host-path-mount /srv/../root//x'],
    ['/var/run', 'host-path-mount /var/run'],
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

test('all that lies below a deep path is told, whatever it is called; what only begins like one is not', () => {
  const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/[/]|^\.{1,2}$/.test(text));
  const deep = fc.constantFrom('/boot', '/root', '/proc', '/sys', '/etc/cron.d', '/var/lib/kubelet', '/usr/bin');
  fc.assert(
    fc.property(deep, name, name, (path, one, two) => {
      const source = `${path}/${one}/${two}`;
      expect(told({ mounts: [mount(source)] })).toHaveLength(1);
      expect(told({ mounts: [mount(`${path}${one}`)] })).toEqual([]);
    }),
  );
});

describe('what an event says', () => {
  test.each([
    ['exec_create: sh -c id', { action: 'exec-create', detail: 'sh' }],
    ['attach', { action: 'attach', detail: '' }],
    ['archive-path', { action: 'archive', detail: 'out' }],
    ['extract-to-dir', { action: 'archive', detail: 'in' }],
    ['oom', { action: 'oom', detail: '' }],
    ['exec_create:\n sh\n-c\nid', { action: 'exec-create', detail: 'sh' }],
    ['exec_create:', { action: 'exec-create', detail: '' }],
    ['exec_create: env A=b:c', { action: 'exec-create', detail: 'env' }],
    ['attach: x', { action: 'attach', detail: '' }],
    ['exec_start: sh', undefined],
    ['exec_die', undefined],
    ['health_status: healthy', undefined],
    ['oom ', undefined],
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
    expect(eventFinding('exec_create: DB_PASSWORD=hunter2 sh', [])?.detail).toBe('DB_PASSWORD=***');
  });

  test.each([
    ['a part of it', 'exec_create: /bin/sh -c curl'],
    ['the same words in another order', 'exec_create: -c /bin/sh curl -f localhost'],
    ['it with more behind', 'exec_create: /bin/sh -c curl -f localhost /etc/shadow'],
    ['it in another program', 'exec_create: /tmp/sh -c curl -f localhost'],
    ['nothing', 'exec_create: '],
  ])('%s is not the health check', (_what, action) => {
    expect(eventFinding(action, ['/bin/sh', '-c', 'curl -f localhost'])?.action).toBe('exec-create');
  });

  test('of any text: a word or nothing, never an argument, and always bounded', () => {
    const word = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/\s/.test(text));
    fc.assert(
      fc.property(word, fc.array(word), (program, rest) => {
        const detail = eventFinding(`exec_create: ${[program, ...rest].join(' ')}`, [])?.detail ?? '';
        expect(detail).not.toMatch(/\s/);
        expect(detail === program || detail.includes('***')).toBe(true);
      }),
    );
    expect(eventFinding(`exec_create: ${'x'.repeat(100_000)}`, [])?.detail).toHaveLength(4096);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (action, healthcheck) => {
        expect(eventFinding(action, healthcheck)?.action ?? 'oom').toMatch(/^(?:exec-create|attach|archive|oom)$/);
      }),
    );
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

  test('who is ended because somebody asked for it did not fail', () => {
    const history = new WorkloadHistory();
    history.signalled('web-1', 10_000);
    expect([9_999, 10_000, 70_000, 70_001].map((timeMs) => history.wasAsked('web-1', timeMs))).toEqual([
      ...[false, true, true, false],
    ]);
    expect(history.wasAsked('web-2', 10_000)).toBe(false);
  });

  test('slow failures, and those of different workloads, are none', () => {
    const history = new WorkloadHistory();
    expect([0, 200_000, 400_000, 600_000].some((timeMs) => history.died('w', timeMs))).toBe(false);
    expect(['a', 'b', 'c'].some((workload) => history.died(workload, 0))).toBe(false);
  });

  test('failures that are told again out of order are counted like others', () => {
    const history = new WorkloadHistory();
    expect([120_000, 0, 60_000].map((timeMs) => history.died('w', timeMs))).toEqual([false, false, true]);
  });

  test('of four thousand workloads; the one that was heard of longest ago is forgotten first', () => {
    const history = new WorkloadHistory();
    history.started('kept', '1');
    history.started('lost', '1');
    for (let index = 0; index < 4_094; index++) history.started(`w ${index}`, '1');
    history.started('kept', '1');
    history.started('one more', '1');
    expect([history.started('kept', '2'), history.started('lost', '2')]).toEqual([true, false]);
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
