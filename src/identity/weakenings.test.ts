import { expect, test } from 'vitest';
import { weakenings } from './weakenings.ts';

test('capabilities, devices, switched-off protections and shared processes are told', () => {
  expect(
    weakenings({
      CapAdd: ['CAP_SYS_ADMIN', 'sys_ptrace', 'NET_BIND_SERVICE'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor:unconfined', 'label=disable', 'no-new-privileges'],
      Devices: [{ PathOnHost: '/dev/kmsg', PathInContainer: '/dev/kmsg', CgroupPermissions: 'rwm' }],
      PidMode: 'container:0123',
    }),
  ).toEqual([
    ...['capability SYS_ADMIN', 'capability SYS_PTRACE', 'no seccomp', 'no AppArmor', 'no SELinux'],
    ...['device /dev/kmsg', 'processes of a container'],
  ]);
});

test('a container as it is started by default weakens nothing, and a privileged one is told as that', () => {
  expect(weakenings({ CapAdd: null, SecurityOpt: null, Devices: [], PidMode: '' })).toEqual([]);
  expect(weakenings({ Privileged: true, CapAdd: ['ALL'] })).toEqual([]);
  expect(weakenings({ CapAdd: 'ALL', SecurityOpt: [7], Devices: [null, 'x', { PathOnHost: 7 }] })).toEqual([]);
});
