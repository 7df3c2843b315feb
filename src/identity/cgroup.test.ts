import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cgroupOf,
  containerIdOfCgroupPath,
  ownCgroupPath,
  placeInHierarchy,
  unifiedMount,
  unifiedPath,
} from './cgroup.ts';

const id = '0123456789abcdef'.repeat(4);
const other = 'fedcba9876543210'.repeat(4);

describe('the container in a cgroup path', () => {
  test.each([
    [`/docker/${id}`, id],
    [`/system.slice/docker-${id}.scope`, id],
    [`/machine.slice/libpod-${id}.scope`, id],
    [`/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`, id],
    [`/docker/${id}/init`, id],
    [`/docker/${other}/docker/${id}`, id],
    [`/machine.slice/libpod-payload-${id}`, id],
    // The keeper of Podman's containers bears their ids.
    [`/machine.slice/libpod-conmon-${id}.scope`, undefined],
    [`/system.slice/crio-conmon-${id}.scope`, undefined],
    [`/docker/conmon-${id}`, undefined],
    [`/docker/${id.slice(0, 32)}`, undefined],
    [`/docker/${id}0`, undefined],
    [`/docker/${id.toUpperCase()}`, undefined],
    [`/user.slice/user-0.slice/session-1.scope`, undefined],
    ['/', undefined],
    ['', undefined],
  ])('%s', (path, expected) => {
    expect(containerIdOfCgroupPath(path)).toBe(expected);
  });

  test('only ever 64 hex digits', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(containerIdOfCgroupPath(path) ?? id).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });
});

describe("a container's own cgroup", () => {
  test.each([
    [`/docker/${id}`, `/docker/${id}`],
    [`/docker/${id}/init`, `/docker/${id}`],
    [`/machine.slice/libpod-${id}.scope/container`, `/machine.slice/libpod-${id}.scope`],
    // Whoever is in the container may give cgroups there any name.
    [`/docker/${id}/docker/${other}`, `/docker/${id}`],
    [`/docker/${id}/${id}`, `/docker/${id}`],
    [`/docker/${other}/docker/${id}/x`, `/docker/${other}/docker/${id}`],
    ['/somewhere/else', '/somewhere/else'],
  ])('%s', (path, own) => {
    expect(ownCgroupPath(path, id)).toBe(own);
  });

  test('does not depend on what is made inside of it', () => {
    const name = fc.oneof(fc.constantFrom(id, other, `docker-${id}.scope`, '..', ''), fc.string());
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), (inside) => {
        expect(ownCgroupPath(['', 'docker', id, ...inside].join('/'), id)).toBe(`/docker/${id}`);
      }),
    );
  });
});

test('the unified hierarchy, on hybrid and pure nodes', () => {
  expect(unifiedPath('12:cpu:/a\n1:name=systemd:/b\n0::/docker/x\n')).toBe('/docker/x');
  expect(unifiedPath('12:cpu:/a\n')).toBeUndefined();
  const hybrid =
    '30 25 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n31 25 0:27 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw\n';
  expect(unifiedMount(hybrid)).toBe('/sys/fs/cgroup/unified');
  expect(unifiedMount('30 25 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n')).toBeUndefined();
});

describe('where a cgroup stands', () => {
  const v1 = (mount: string, options: string): string => `30 25 0:26 / ${mount} rw - cgroup cgroup rw,${options}\n`;
  const legacy = v1('/sys/fs/cgroup/cpu,cpuacct', 'cpu,cpuacct') + v1('/sys/fs/cgroup/pids', 'pids');
  const unified = '31 25 0:27 / /sys/fs/cgroup/unified rw shared:5 - cgroup2 cgroup2 rw\n';
  const cgroup = `12:cpu,cpuacct:/docker/${id}\n3:pids:/docker/${id}/x\n1:name=systemd:/s:1\n`;

  test('in the unified hierarchy, whatever else there is', () => {
    const both = `${cgroup}0::/docker/${id}\n`;
    expect(placeInHierarchy(legacy + unified, both)).toEqual({
      mount: '/sys/fs/cgroup/unified',
      path: `/docker/${id}`,
    });
    expect(placeInHierarchy(legacy + unified, cgroup)).toBeUndefined();
  });

  test('on a node without one, in one of cgroup v1 that the process is in', () => {
    expect(placeInHierarchy(legacy, cgroup)).toEqual({ mount: '/sys/fs/cgroup/pids', path: `/docker/${id}/x` });
    expect(placeInHierarchy(v1('/c', 'cpu,cpuacct'), cgroup)).toEqual({ mount: '/c', path: `/docker/${id}` });
    expect(placeInHierarchy(v1('/s', 'xattr,name=systemd') + legacy, cgroup)).toEqual({ mount: '/s', path: '/s:1' });
    expect(placeInHierarchy(v1('/b', 'blkio'), cgroup)).toBeUndefined();
    expect(placeInHierarchy(legacy, '')).toBeUndefined();
  });
});

test('a process that is gone has no cgroup', () => {
  expect(cgroupOf(2 ** 22 + 1, id)).toBeUndefined();
});
