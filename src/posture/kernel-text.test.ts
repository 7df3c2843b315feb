import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupMembers } from './host-reading.ts';
import { cgroupMounts, cgroupPlaces, readKernel, sharedWithNode } from './kernel-reading.ts';
import {
  cpusOf,
  kernelMadeMs,
  kernelMounts,
  limitOf,
  listeningPorts,
  releaseOf,
  rootUidOf,
  statusFields,
} from './kernel-text.ts';

const status =
  'Name:\tUid:\nUid:\t1000\t33\t33\t33\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\n';

test('status: the effective uid, masks, and what older kernels do not say', () => {
  expect(statusFields(status)).toEqual({
    uid: 33,
    effective: 0xa80425fbn,
    bounding: 0xa80425fbn,
    noNewPrivileges: true,
    seccomp: 2,
  });
  expect(statusFields(status.replace(/NoNew.*\nSec.*\n/, ''))).toMatchObject({
    noNewPrivileges: undefined,
    seccomp: undefined,
  });
  expect(statusFields('Uid:\tx')).toBeUndefined();
});

test('limits: of cgroup v2 and v1, and none', () => {
  expect([limitOf('max\n'), limitOf('9223372036854771712'), limitOf('67108864\n'), limitOf('-1')]).toEqual([
    Infinity,
    Infinity,
    67_108_864,
    Infinity,
  ]);
  expect([limitOf(undefined), limitOf('many')]).toEqual([undefined, undefined]);
  expect([
    cpusOf('max 100000', undefined),
    cpusOf('50000 100000', undefined),
    cpusOf('-1', '100000'),
    cpusOf('150000', '100000'),
  ]).toEqual([Infinity, 0.5, Infinity, 1.5]);
});

test('mounts: read-only by the mount or its file system, names unescaped', () => {
  const text = '1 0 0:5 / / ro,relatime - overlay o rw\n2 1 8:1 /a\\040b /x\\040y rw - ext4 /dev/sda1 ro\nnonsense\n';
  expect(kernelMounts(text, 9)).toEqual([
    { device: '0:5', root: '/', point: '/', readonly: true, type: 'overlay' },
    { device: '8:1', root: '/a b', point: '/x y', readonly: true, type: 'ext4' },
  ]);
  expect(kernelMounts(text, 1)).toHaveLength(1);
});

test('sockets that listen', () => {
  const tcp = 'sl local\n 0: 00000000:0050 00000000:0000 0A x\n 1: 0100007F:0051 0100007F:9999 01 x\n';
  expect(listeningPorts(tcp, 'tcp')).toEqual(['80/tcp']);
  expect(listeningPorts('sl\n 0: 00000000:0035 00000000:0000 07 x\n', 'udp')).toEqual(['53/udp']);
});

test('users, releases, groups, and when a kernel was made', () => {
  expect(rootUidOf('         0     100000      65536\n')).toBe(100_000);
  expect(rootUidOf('1000 0 1')).toBeUndefined();
  expect(releaseOf('ID=debian\nPRETTY_NAME="Debian 12"\n#x\n')).toEqual({ ID: 'debian', PRETTY_NAME: 'Debian 12' });
  expect(groupMembers('a:x:1:\ndocker:x:9:ann,bob\n', 'docker')).toEqual(['ann', 'bob']);
  expect(groupMembers('a:x:1:\n', 'docker')).toBeUndefined();
  const day = (text: string): string | undefined => {
    const made = kernelMadeMs(text);
    return made === undefined ? undefined : new Date(made).toISOString().slice(0, 10);
  };
  expect(day('Linux version 6.1.0-21-amd64 (x) #1 SMP PREEMPT_DYNAMIC Debian 6.1.90-1 (2024-05-03)')).toBe(
    '2024-05-03',
  );
  expect(day('Linux version 6.8.0-40-generic (x) #40-Ubuntu SMP PREEMPT_DYNAMIC Fri Jul  5 10:34:03 UTC 2024')).toBe(
    '2024-07-05',
  );
  expect(day('Linux version 6.18.44 (x) #1 SMP PREEMPT_DYNAMIC @0')).toBeUndefined();
});

test('cgroups: the unified hierarchy, controllers of v1, and a part that is mounted', () => {
  const mounts = cgroupMounts(
    '1 0 0:1 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n2 0 0:2 /part /sys/fs/cgroup/unified rw - cgroup2 c rw\n',
  );
  const { unified, legacy } = cgroupPlaces('4:memory:/docker/a\n0::/part/docker/a\n', mounts);
  expect(unified).toBe('/sys/fs/cgroup/unified/docker/a');
  expect(legacy.get('memory')).toBe('/sys/fs/cgroup/memory/docker/a');
});

test('namespaces: shared by the links, else by the numbers of the node’s own, else not known', () => {
  const own = {
    net: 'net:[1]',
    pid: 'pid:[4026531836]',
    ipc: 'ipc:[2]',
    uts: 'uts:[3]',
    user: 'user:[4026531837]',
    cgroup: 'cgroup:[4]',
  };
  expect(sharedWithNode(own, { ...own, net: 'net:[9]' }, undefined)).toEqual(['pid', 'ipc', 'uts', 'user', 'cgroup']);
  expect(sharedWithNode(own, {}, 'net:[4026531833]')).toEqual(['pid', 'user']);
  expect(sharedWithNode(own, {}, 'net:[4026531992]')).toBeUndefined();
  expect(sharedWithNode({}, {}, undefined)).toBeUndefined();
});

test('this process can be read, one that is not there cannot', () => {
  expect(readKernel(process.pid, [])?.uid).toBe(process.geteuid?.());
  expect(readKernel(0, [])).toBeUndefined();
  expect(readKernel(2 ** 30, [])).toBeUndefined();
});

test('whatever the text, it is read to its end', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      statusFields(text);
      kernelMounts(text, 10);
      listeningPorts(text, 'tcp');
      kernelMadeMs(text);
      releaseOf(text);
      cgroupPlaces(text, cgroupMounts(text));
    }),
  );
});
