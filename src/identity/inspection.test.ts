import { expect, test } from 'vitest';
import { inspected } from './inspection.ts';

const info = (changes: Readonly<Record<string, unknown>> = {}): unknown => ({
  Id: 'a'.repeat(64),
  Name: '/web-1',
  Image: 'sha256:00',
  Created: '2026-11-23T10:00:00.123456789Z',
  State: { Running: false, Pid: 0, StartedAt: '0001-01-01T00:00:00Z' },
  Config: { Image: 'nginx:1.27', Labels: { team: 'shop' } },
  HostConfig: { Privileged: false, NetworkMode: 'default', PidMode: '' },
  Mounts: [],
  ...changes,
});

test('a container that was only created has no process, no cgroup and never started', () => {
  const { container, running } = inspected(info());
  expect(running).toBe(false);
  expect(container).toMatchObject({ name: 'web-1', image: 'nginx:1.27', digest: 'sha256:00', pid: 0 });
  expect([container.cgroupId, container.startedAtMs]).toEqual([undefined, undefined]);
  expect(container.createdAtMs).toBe(Date.parse('2026-11-23T10:00:00.123Z'));
});

test('a process of it tells its cgroup', () => {
  const { container } = inspected(
    info({ State: { Running: true, Pid: process.pid, StartedAt: '2026-11-23T10:00:01Z' } }),
  );
  expect(container.pid).toBe(process.pid);
  expect(container.startedAtMs).toBe(Date.parse('2026-11-23T10:00:01Z'));
});

test('namespaces of the node, privileges and mounts', () => {
  const { container } = inspected(
    info({
      HostConfig: { Privileged: true, NetworkMode: 'host', PidMode: 'host', IpcMode: 'private', UTSMode: 'host' },
      Mounts: [{ Type: 'bind', Source: '/srv', Destination: '/data', RW: false }],
    }),
  );
  expect(container.privileged).toBe(true);
  expect(container.hostNamespaces).toEqual(['net', 'pid', 'uts']);
  expect(container.mounts).toEqual([{ type: 'bind', source: '/srv', destination: '/data', readOnly: true }]);
});

test.each([
  [{ Test: ['CMD', 'curl', '-f', 'x'] }, undefined, ['curl', '-f', 'x']],
  [{ Test: ['CMD-SHELL', 'curl x'] }, undefined, ['/bin/sh', '-c', 'curl x']],
  [{ Test: ['CMD-SHELL', 'curl x'] }, ['/bin/bash', '-c'], ['/bin/bash', '-c', 'curl x']],
  [{ Test: ['NONE'] }, undefined, undefined],
  [{ Test: null }, undefined, undefined],
  [null, undefined, undefined],
])('the command of a health check %j', (healthcheck, shell, expected) => {
  const { container } = inspected(
    info({ Config: { Image: 'x', Labels: null, Healthcheck: healthcheck, Shell: shell } }),
  );
  expect(container.healthcheck).toEqual(expected);
});

test.each([
  ['Name', { Name: undefined }],
  ['State.Running', { State: { Pid: 1 } }],
  ['State.Pid', { State: { Running: true, Pid: '../1', StartedAt: '' } }],
  ['Config', { Config: null }],
  ['Config.Labels.team', { Config: { Image: 'x', Labels: { team: 7 } } }],
  ['Config.Healthcheck.Test', { Config: { Image: 'x', Healthcheck: { Test: 'CMD' } } }],
  ['Mounts.0.Destination', { Mounts: [{ Source: '/srv' }] }],
])('an answer that is not as the API has it is refused, and the field named: %s', (field, changes) => {
  expect(() => inspected(info(changes))).toThrow(
    expect.objectContaining({ code: 'engine.answer', message: expect.stringContaining(`: ${field}: `) as string }),
  );
});

test('what engines leave out or say null for is empty', () => {
  const { container } = inspected(
    info({ HostConfig: null, Mounts: null, Created: undefined, Config: { Image: 'x', Labels: null } }),
  );
  expect(container).toMatchObject({ labels: {}, mounts: [], privileged: false, hostNamespaces: [] });
  expect(container.createdAtMs).toBeUndefined();
});
